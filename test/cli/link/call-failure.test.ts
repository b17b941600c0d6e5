import { Code } from "@connectrpc/connect";
import { expect } from "chai";
import { viewCallFailure } from "../../../src/cli/link/call-failure.ts";
import { GatewayError } from "../../../src/client/gateway-error.ts";

const rest = { violations: [], retryAfterMs: undefined, cause: undefined };
const notFound = (name: string): GatewayError => {
  const message = `${name} does not exist`;
  return new GatewayError({ code: Code.NotFound, reason: "NOT_FOUND", message, metadata: { name }, ...rest });
};

describe("a call for what does not exist", () => {
  for (const [name, next] of [
    ["sessions/main", "see: openclaw sessions list"],
    ["sessions/main/runs/01K", "see: openclaw runs list"],
    ["sessions/main/messages/01K", "see: openclaw sessions history main"],
    ["channels/irc", "see: openclaw channels list"],
    ["channels/irc:work/deliveries/01K", "see: openclaw deliveries list"],
    ["channels/irc/ingress/01K", "see: openclaw ingress list"],
    ["channels/irc/conversations/mia", "see: openclaw ingress list irc"],
    ["config/revisions/7", "see: openclaw config history"],
    ["configuration key agents.nope", "see: openclaw config schema"],
    ["tokens/ci", "see: openclaw tokens list"],
    ["devices/01K", "see: openclaw devices list"],
    ["pairingRequests/01K", "see: openclaw devices list"],
    ["blobs/00ff", undefined],
  ] as const) {
    it(`leads from ${name} to ${next ?? "nowhere"}`, () => {
      expect(viewCallFailure(notFound(name), undefined).next).to.equal(next);
    });
  }
});

describe("a call with a wrong credential", () => {
  const told = (message: string): string => {
    const facts = { code: Code.Unauthenticated, reason: "CREDENTIALS_INVALID", metadata: {}, ...rest };
    return viewCallFailure(new GatewayError({ ...facts, message }), undefined).message;
  };

  it("does not tell a person which header to send", () => {
    const hint = 'send "authorization: Bearer <gateway token>"';
    expect(told(`the credential is not valid here: ${hint}`)).to.equal("the credential is not valid here");
  });

  it("says what is known of the paste", () => {
    const message = "the credential is not valid here: this looks like a Slack token";
    expect(told(message)).to.equal(message);
  });
});
