import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { InboundMessageSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { MentionPatterns } from "../../../../src/core/channel/access/mentions.ts";
import type { PatternScope } from "../../../../src/core/channel/channel-settings.ts";

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

  it("are what a pattern finds only where patterns count", () => {
    const found = (scope: Partial<PatternScope>, address: string, parentAddress = "") => {
      const message = create(InboundMessageSchema, { text: "claw", address, parentAddress });
      const whole = { mode: "allow", allowIn: [], denyIn: [], ...scope } as const;
      return new MentionPatterns().isMentioned(message, ["claw"], whole);
    };
    expect(found({}, "#a")).to.equal(true);
    expect(found({ denyIn: ["#A"] }, "#a")).to.equal(false);
    expect(found({ mode: "deny" }, "#a")).to.equal(false);
    expect(found({ mode: "deny", allowIn: ["#a"] }, "7", "#a")).to.equal(true);
    expect(found({ mode: "deny", allowIn: ["#a"], denyIn: ["#a"] }, "#a")).to.equal(false);
  });

  it("are looked for again when the patterns change", () => {
    const mentions = new MentionPatterns();
    const message = create(InboundMessageSchema, { text: "claw" });
    expect(mentions.isMentioned(message, ["other"])).to.equal(false);
    expect(mentions.isMentioned(message, ["claw"])).to.equal(true);
  });
});
