import { expect } from "chai";
import { defaultConfig } from "../../../src/config/config.ts";
import { secretValues } from "../../../src/config/secrets/secret-values.ts";

describe("the secrets of a configuration", () => {
  it("are the values of its secret keys, of its headers, and of variables named like one", () => {
    const config = {
      ...defaultConfig,
      gateway: { ...defaultConfig.gateway, auth: { mode: "password", password: "abcd" } as const },
      models: { providers: { x: { apiKey: "key-of-x", headers: { "x-org": "organisation", "x-short": "json" } } } },
      secrets: { providers: { vault: { source: "file", path: "/etc/passwords.json", mode: "json" } } } as never,
    };
    const environment = { OPENAI_API_KEY: "sk-from-environment", NO_TOKEN: "true", PATH: "/usr/bin:/bin" };
    expect(
      secretValues({ config, environment, secrets: new Map([["env:default:X", "by-reference"]]) }).sort(),
    ).to.deep.equal(["abcd", "by-reference", "key-of-x", "organisation", "sk-from-environment"]);
  });

  it("are none where nothing is configured", () => {
    expect(secretValues({ config: defaultConfig, environment: {}, secrets: new Map() })).to.deep.equal([]);
  });
});
