import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { InboundMessageSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { MentionPatterns } from "../../../../src/core/channel/access/mentions.ts";

const isMentioned = (text: string, patterns: readonly string[], mentionsUs = false) =>
  new MentionPatterns().isMentioned(create(InboundMessageSchema, { text, mentionsUs }), patterns);

describe("mentions", () => {
  it("are what the network says", () => {
    expect(isMentioned("hi", [], true)).to.equal(true);
    expect(isMentioned("hi", [])).to.equal(false);
  });

  it("are what a pattern finds, in any case", () => {
    expect(isMentioned("hey CLAW, how are you", ["\\bclaw\\b"])).to.equal(true);
    expect(isMentioned("a clawed foot", ["\\bclaw\\b"])).to.equal(false);
  });

  it("are not what a pattern that could run for long would find", () => {
    expect(isMentioned("aaaa", ["(a+)+"])).to.equal(false);
    expect(isMentioned("claw", ["("])).to.equal(false);
  });

  it("are looked for again when the patterns change", () => {
    const mentions = new MentionPatterns();
    const message = create(InboundMessageSchema, { text: "claw" });
    expect(mentions.isMentioned(message, ["other"])).to.equal(false);
    expect(mentions.isMentioned(message, ["claw"])).to.equal(true);
  });
});
