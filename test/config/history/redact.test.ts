/** What callers see of the configuration holds no secret. */

import { expect } from "chai";
import { configJsonSchema } from "../../../src/config/config-schema.ts";
import { redacted, redactValue } from "../../../src/config/history/redact.ts";

describe("redactValue", () => {
  const shown = (value: unknown): unknown => redactValue(value, configJsonSchema());

  it("hides what the schema calls a secret, and shows where a reference leads", () => {
    const models = { providers: { home: { apiKey: "sk-1", baseUrl: "http://home/v1" } } };
    const auth = { token: { source: "env", id: "TOKEN" } };
    expect(shown({ models, gateway: { auth } })).to.deep.equal({
      models: { providers: { home: { apiKey: redacted, baseUrl: "http://home/v1" } } },
      gateway: { auth },
    });
  });

  for (const name of ["botToken", "api_key", "authorization", "passwd", "accessKey", "session-cookie"]) {
    it(`hides the value of ${name}, which the schema does not know and the log would hide, too`, () => {
      expect(shown({ unknown: { [name]: "abc" } })).to.deep.equal({ unknown: { [name]: redacted } });
    });
  }

  it("hides an address that holds a password", () => {
    expect(shown({ unknown: "https://ada:1@home" })).to.deep.equal({ unknown: redacted });
  });

  it("shows variables, which name a secret and are none", () => {
    expect(shown({ gateway: { auth: { token: "${TOKEN}" } } })).to.deep.equal({
      gateway: { auth: { token: "${TOKEN}" } },
    });
  });
});
