import { Code } from "@connectrpc/connect";
import { expect } from "chai";
import { viewCallFailure } from "../../../src/cli/link/call-failure.ts";
import { GatewayError } from "../../../src/client/gateway-error.ts";
import type { GatewayAddress } from "../../../src/config/resolve-client.ts";

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

describe("a call with the token of the gateway's own file", () => {
  it("that is not known there was answered by another gateway", () => {
    const loaded = { stateDir: "/home/mia/.openclaw-work", home: "/home/mia" };
    const credential = { source: "/home/mia/.openclaw-work/gateway.token" };
    const address = { url: "http://127.0.0.1:1", urlSource: "gateway.port", loaded, credential };
    const facts = { code: Code.Unauthenticated, reason: "CREDENTIALS_INVALID", metadata: {}, ...rest };
    const error = new GatewayError({ ...facts, message: "the credential is not valid here" });
    expect(viewCallFailure(error, address as unknown as GatewayAddress).next).to.equal(
      "http://127.0.0.1:1 is another gateway's: its token is not that in ~/.openclaw-work/gateway.token; see: openclaw gateway status --deep",
    );
  });
});

describe("a call that another program answers", () => {
  const told = (urlSource: string) => {
    const address = { url: "http://127.0.0.1:1", urlSource } as GatewayAddress;
    const facts = { code: Code.Unavailable, reason: "", metadata: {}, ...rest };
    return viewCallFailure(new GatewayError({ ...facts, message: "HTTP 501" }), address);
  };

  it("is told as that, not as a gateway that is away", () => {
    const { message, next } = told("gateway.port");
    expect(message).to.equal("what answers at http://127.0.0.1:1 is not an OpenClaw gateway (HTTP 501)");
    expect(next).to.equal("see which program it is: openclaw doctor");
  });

  it("leads to the address, where one was given", () => {
    expect(told("--url").next).to.equal("check the address in --url");
  });
});

describe("a change of the configuration that the gateway refuses", () => {
  it("ends with the same exit code as without a gateway", () => {
    const facts = { code: Code.InvalidArgument, reason: "CONFIG_INVALID", metadata: {}, ...rest };
    const error = new GatewayError({ ...facts, message: "gateway.port: must be a whole number, not text" });
    expect(viewCallFailure(error, undefined).exitCode).to.equal(78);
  });
});

describe("a call that needs another scope", () => {
  it("says where the credential that holds too little came from", () => {
    const facts = { code: Code.PermissionDenied, reason: "SCOPE_MISSING", metadata: {}, ...rest };
    const error = new GatewayError({ ...facts, message: "this call needs scope ADMIN; the credential holds READ" });
    const credential = { kind: "token", secret: "x", source: "/home/mia/.openclaw/gateway.token" };
    const address = { credential, loaded: { home: "/home/mia" } } as unknown as GatewayAddress;
    expect(viewCallFailure(error, address).next).to.contain("came from ~/.openclaw/gateway.token; give another");
  });
});
