import { expect } from "chai";
import { type AuthFlags, requireSafeBind, resolveAuth } from "../../../src/config/gateway/resolve-auth.ts";
import { configErrorOf, type loaded, loadedGateway } from "../config-home.ts";

const both = { OPENCLAW_GATEWAY_TOKEN: "env-token", OPENCLAW_GATEWAY_PASSWORD: "env-password" };
const envToken = { OPENCLAW_GATEWAY_TOKEN: "env-token" };
const envPassword = { OPENCLAW_GATEWAY_PASSWORD: "env-password" };

describe("resolveAuth", () => {
  type Case = [
    what: string,
    loaded: ReturnType<typeof loaded>,
    flags: AuthFlags,
    result: [string, string | undefined, string],
  ];
  const cases: Case[] = [
    ["the kept token when nothing is set", loadedGateway({}), {}, ["token", undefined, "gateway.token"]],
    [
      "the file's token before the environment's",
      loadedGateway({ auth: { token: "t" } }, envToken),
      {},
      ["token", "t", "gateway.auth.token"],
    ],
    ["the environment's token", loadedGateway({}, envToken), {}, ["token", "env-token", "OPENCLAW_GATEWAY_TOKEN"]],
    ["the file's password", loadedGateway({ auth: { password: "p" } }), {}, ["password", "p", "gateway.auth.password"]],
    [
      "the environment's password",
      loadedGateway({}, envPassword),
      {},
      ["password", "env-password", "OPENCLAW_GATEWAY_PASSWORD"],
    ],
    ["--token before all", loadedGateway({ auth: { token: "t" } }, both), { token: "f" }, ["token", "f", "--token"]],
    [
      "--password before the mode of the file",
      loadedGateway({ auth: { mode: "token", token: "t" } }),
      { password: "f" },
      ["password", "f", "--password"],
    ],
    [
      "the file's mode when both secrets are set",
      loadedGateway({ auth: { mode: "password" } }, both),
      {},
      ["password", "env-password", "OPENCLAW_GATEWAY_PASSWORD"],
    ],
    [
      "--auth before the file's mode",
      loadedGateway({ auth: { mode: "password", token: "t" } }),
      { auth: "token" },
      ["token", "t", "gateway.auth.token"],
    ],
    ["none without a secret", loadedGateway({ auth: { mode: "none" } }, both), {}, ["none", undefined, "none"]],
    [
      "the kept token for mode token",
      loadedGateway({}, envPassword),
      { auth: "token" },
      ["token", undefined, "gateway.token"],
    ],
    [
      "a password with spaces",
      loadedGateway({ auth: { password: "p w ü" } }),
      {},
      ["password", "p w ü", "gateway.auth.password"],
    ],
  ];
  for (const [what, config, flags, [mode, secret, source]] of cases) {
    it(`takes ${what}`, () => {
      expect(resolveAuth(config, flags)).to.deep.equal({ mode, secret, source });
    });
  }

  const unresolved = (key: string) => ({
    ...loadedGateway({ auth: { [key]: "${X}" } }),
    unresolved: new Map([[`gateway.auth.${key}`, "X"]]),
  });
  const errors: [what: string, loaded: ReturnType<typeof loaded>, flags: AuthFlags, message: string][] = [
    [
      "two secrets and no mode",
      loadedGateway({ auth: { token: "t" } }, envPassword),
      {},
      'gateway.auth.mode: is not set, and both a token (gateway.auth.token) and a password (OPENCLAW_GATEWAY_PASSWORD) are; set it to "token" or "password", or remove one of them',
    ],
    [
      "two secrets as flags",
      loadedGateway({}),
      { token: "t", password: "p" },
      'gateway.auth.mode: is not set, and both a token (--token) and a password (--password) are; set it to "token" or "password", or remove one of them',
    ],
    [
      "mode password without a password",
      loadedGateway({ auth: { mode: "password" } }, envToken),
      {},
      "gateway.auth.mode: is password, but no password is set; set gateway.auth.password or OPENCLAW_GATEWAY_PASSWORD",
    ],
    [
      "a mode nobody knows",
      loadedGateway({}),
      { auth: "open" },
      '--auth: must be one of token, password, none, not "open"',
    ],
    ["an empty flag", loadedGateway({}), { token: "" }, "--token: must not be empty; give the token, or leave it out"],
    [
      "a token no header can carry",
      loadedGateway({}, { OPENCLAW_GATEWAY_TOKEN: "tökén" }),
      {},
      "OPENCLAW_GATEWAY_TOKEN: must be visible ASCII characters without spaces; other ones cannot travel in a header",
    ],
    [
      "a token whose variable is not set",
      unresolved("token"),
      {},
      "gateway.auth.token: names the variable X, which is not set; set it, or put another value there",
    ],
    [
      "a password whose variable is not set",
      unresolved("password"),
      {},
      "gateway.auth.password: names the variable X, which is not set; set it, or put another value there",
    ],
  ];
  for (const [what, config, flags, message] of errors) {
    it(`refuses ${what}`, async () => {
      expect(await configErrorOf(() => resolveAuth(config, flags))).to.equal(message);
    });
  }
});

describe("requireSafeBind", () => {
  const none = { mode: "none", secret: undefined, source: "none" } as const;
  const token = { mode: "token", secret: undefined, source: "gateway.token" } as const;

  it("lets none listen on loopback", () => {
    expect(() => requireSafeBind(["127.0.0.1", "::1"], none)).not.to.throw();
  });

  it("lets a token listen anywhere", () => {
    expect(() => requireSafeBind(["0.0.0.0"], token)).not.to.throw();
  });

  for (const host of ["0.0.0.0", "192.168.1.5", "100.101.102.103", "::"]) {
    it(`refuses none on ${host}`, async () => {
      expect(await configErrorOf(() => requireSafeBind(["127.0.0.1", host], none))).to.equal(
        `gateway.auth.mode: is none, which is for loopback only, but the gateway would listen on ${host}; set gateway.auth.mode to "token", or gateway.bind to "loopback"`,
      );
    });
  }
});
