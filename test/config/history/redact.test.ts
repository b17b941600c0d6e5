/** What callers see of the configuration holds no secret. */

import { expect } from "chai";
import { configJsonSchema } from "../../../src/config/config-schema.ts";
import { readConfigTree } from "../../../src/config/file/include-reader.ts";
import { redacted, redactTexts, redactValue } from "../../../src/config/history/redact.ts";

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

  it("hides a number where a secret belongs, and shows others", () => {
    const auth = { token: 123456 };
    const shownAuth = { token: redacted };
    expect(shown({ gateway: { auth }, agents: { maxTokens: 5 } })).to.deep.equal({
      gateway: { auth: shownAuth },
      agents: { maxTokens: 5 },
    });
  });

  it("shows variables, which name a secret and are none", () => {
    expect(shown({ gateway: { auth: { token: "${TOKEN}" } } })).to.deep.equal({
      gateway: { auth: { token: "${TOKEN}" } },
    });
  });
});

describe("redactTexts", () => {
  async function shown(files: Readonly<Record<string, string>>): Promise<string> {
    const texts = new Map(Object.entries(files).map(([name, text]) => [`/home/ada/${name}`, text]));
    const tree = await readConfigTree("/home/ada/main.json", { environment: {}, home: "/home/ada" }, texts);
    if (tree === undefined) throw new Error("there is no configuration");
    return [...redactTexts(tree, configJsonSchema(), () => "(secret)").values()].join("");
  }

  it("hides a number where a secret belongs", async () => {
    expect(await shown({ "main.json": "{ gateway: { port: 1, auth: { token: 123456 } } }" })).to.equal(
      '{ gateway: { port: 1, auth: { token: "(secret)" } } }',
    );
  });

  it("hides a secret that another file goes over", async () => {
    const main = '{ $include: "base.json", gateway: { auth: { token: "new-secret" } } }';
    const texts = await shown({ "main.json": main, "base.json": '{ gateway: { auth: { token: "old-secret" } } }' });
    expect(texts).not.to.contain("old-secret").and.not.to.contain("new-secret");
  });

  it("hides a secret of a file that is included several times", async () => {
    const home = '{ $include: "home.json" }';
    const main = `{ models: { providers: { one: ${home}, other: ${home} } } }`;
    const texts = await shown({ "main.json": main, "home.json": '{ apiKey: "a-secret", models: [] }' });
    expect(texts).to.equal(`${main}{ apiKey: "(secret)", models: [] }`);
  });

  for (const comment of [
    'token: "very secret"',
    "token: hunter2hunter2",
    "the old password = hunter2hunter2",
    "sk-hunter2hunter2hunter2",
    "Authorization: Bearer hunter2hunter2",
    "https://ada:hunter2hunter2@home/",
  ]) {
    it(`hides what is secret in a comment: ${comment}`, async () => {
      const texts = await shown({ "main.json": `{ // was ${comment}, until May\n}` });
      expect(texts).to.match(/^\{ \/\/ was .*….* until May\n\}$/);
      expect(texts).not.to.match(/hunter2|very secret/);
    });
  }
});
