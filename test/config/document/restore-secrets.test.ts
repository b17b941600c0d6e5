import { expect } from "chai";
import { restoreSecrets } from "../../../src/config/document/restore-secrets.ts";
import { redacted } from "../../../src/config/history/redact.ts";
import { configErrorOf } from "../config-home.ts";

const written = {
  home: { apiKey: "one", headers: { a: "two" } },
  accounts: [
    { nick: "ada", password: "ada's" },
    { nick: "bob", password: "bob's" },
  ],
};

describe("restoreSecrets", () => {
  it("keeps secrets where their placeholders are sent back", () => {
    const sent = { apiKey: redacted, headers: { a: redacted, b: "new" }, timeoutSeconds: 3 };
    expect(restoreSecrets(sent, written, ["home"])).to.deep.equal({
      apiKey: "one",
      headers: { a: "two", b: "new" },
      timeoutSeconds: 3,
    });
  });

  it("finds the element of a list again when another one went", () => {
    const sent = [{ nick: "bob", password: redacted }];
    expect(restoreSecrets(sent, written, ["accounts"])).to.deep.equal([{ nick: "bob", password: "bob's" }]);
  });

  it("gives nobody the secret of another element", async () => {
    const sent = [
      { nick: "eve", password: redacted },
      { nick: "bob", password: redacted },
    ];
    expect(await configErrorOf(() => restoreSecrets(sent, written, ["accounts"]))).to.contain(
      "accounts[0]: holds a placeholder",
    );
  });

  it("refuses a placeholder for nothing", async () => {
    expect(await configErrorOf(() => restoreSecrets({ other: redacted }, written, ["home"]))).to.contain(
      "home.other: is a placeholder",
    );
  });
});
