import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { SessionSchema } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { decideSend } from "../../../../src/core/channel/access/send-policy.ts";
import type { SendRule } from "../../../../src/core/channel/channel-settings.ts";

const rule = (action: SendRule["action"], fields: Partial<SendRule> = {}): SendRule => {
  return { action, channel: undefined, kind: undefined, sessionPrefix: undefined, ...fields };
};

function decide(sendRules: readonly SendRule[], send?: string, sendDefault: "allow" | "deny" = "allow") {
  const session = create(SessionSchema, { name: "sessions/agent:main:fake:group:a", chat: send ? { send } : {} });
  const place = { network: "fake", kind: Kind.GROUP, session };
  return decideSend(place, { sendRules, sendDefault });
}

describe("the send policy", () => {
  it("allows or denies by default", () => {
    expect(decide([])).to.deep.equal({ allowed: true, rule: "sendPolicy.default" });
    expect(decide([], undefined, "deny")).to.include({ allowed: false });
  });

  it("denies where any rule that matches denies, wherever it stands", () => {
    expect(decide([rule("allow"), rule("deny", { kind: "group" })])).to.deep.equal({
      allowed: false,
      rule: "sendPolicy.rules[1]",
    });
  });

  it("allows where a rule that matches allows and none denies", () => {
    const rules = [rule("deny", { channel: "other" }), rule("allow", { sessionPrefix: "agent:main:fake:" })];
    expect(decide(rules, undefined, "deny")).to.deep.equal({ allowed: true, rule: "sendPolicy.rules[1]" });
  });

  it("knows a session by the beginning of its id, with or without its agent, and by its whole id", () => {
    expect(decide([rule("deny", { sessionPrefix: "fake:group:" })])).to.include({ allowed: false });
    expect(decide([rule("deny", { sessionPrefix: "group:" })])).to.include({ allowed: true });
    expect(decide([rule("deny", { wholePrefix: "fake:group:" })])).to.include({ allowed: true });
    expect(decide([rule("deny", { wholePrefix: "agent:main:fake:" })])).to.include({ allowed: false });
  });

  it("asks every field of a rule to match", () => {
    expect(decide([rule("deny", { channel: "fake", kind: "direct" })])).to.include({ allowed: true });
  });

  it("leaves the last word to the session", () => {
    expect(decide([rule("deny")], "on")).to.deep.equal({ allowed: true, rule: "session.send" });
    expect(decide([rule("allow")], "off")).to.deep.equal({ allowed: false, rule: "session.send" });
  });
});
