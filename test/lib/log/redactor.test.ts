import { expect } from "chai";
import { systemClock } from "../../../src/lib/clock.ts";
import { JsonLog } from "../../../src/lib/log/json-log.ts";
import { mask, Redactor } from "../../../src/lib/log/redactor.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

describe("the redactor", () => {
  it("leaves the first 6 and last 4 characters of a secret of 18 or more, and nothing of a shorter one", () => {
    expect(mask("abcdefghijklmnopqr")).to.equal("abcdef…opqr");
    expect(mask("abcdefghijklmnopq")).to.equal("***");
  });

  const long = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0";
  const shapes: Readonly<Record<string, string>> = {
    "a gateway token": `oct_${long}`,
    "a device token": `ocd_${long}`,
    "a setup code": `ocs_${long.slice(0, 12)}`,
    "the token a gateway makes for itself": `oc_tok_${long}`,
    "an OpenAI key": `sk-proj-${long}`,
    "a Google key": `AIzaSy${long.slice(0, 33)}`,
    "a Slack token": "xoxb-1234567890-abcdefghij",
    "a GitHub token": `ghp_${long.slice(0, 36)}`,
    "a Telegram bot token": `123456789:AA${long.slice(0, 33)}`,
    "a Discord bot token": `${long.slice(0, 24)}.GaBcDe.${long.slice(0, 38)}`,
    "an AWS key": "AKIAIOSFODNN7EXAMPLE",
    "a JSON web token": `eyJhbGciOiJI.eyJzdWIiOiIx.${long}`,
  };
  for (const [what, secret] of Object.entries(shapes)) {
    it(`knows ${what} by its shape`, () => {
      const text = new Redactor().text(`it said: "${secret}", and went`);
      expect(text).to.not.contain(secret);
      expect(text).to.match(/^it said: ".*", and went$/);
    });
  }

  const places: Readonly<Record<string, string>> = {
    "a bearer header": "authorization: Bearer SECRETSECRET",
    "a basic header": "Basic SECRETSECRET==",
    "an address with a password": "https://someone:SECRETSECRET@example.org/path",
    "the query of an address": "GET https://example.org/x?a=1&access_token=SECRETSECRET&b=2",
    "a key in a query": "https://example.org/v1?key=SECRETSECRET",
    "a bot's address": "https://api.telegram.org/bot123456:SECRETSECRETSECRETSECRET/getMe",
    "an assignment": "OPENAI_API_KEY=SECRETSECRET node main.js",
    "JSON in a text": '{"apiKey": "SECRETSECRET"}',
    "a private key": "-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----",
  };
  for (const [what, text] of Object.entries(places)) {
    it(`hides what stands in ${what}`, () => {
      expect(new Redactor().text(text)).to.not.contain("SECRETSECRET");
    });
  }

  for (const text of [
    "exit code=1",
    "tokens: 12",
    "basic rules",
    "a call failed by a bug; look for 7d0b517ecb88",
    "sessions/main/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "http://127.0.0.1:18789/healthz",
    "2026-11-22T13:00:37.812Z",
    "openclaw.gateway.v1.RunService/CreateRun",
  ]) {
    it(`leaves "${text}" alone`, () => {
      expect(new Redactor().text(text)).to.equal(text);
    });
  }

  it("hides what it was told also where JSON or an address would write it differently", () => {
    const redactor = new Redactor();
    redactor.add(['pass"wo rd/é']);
    for (const form of ['pass"wo rd/é', 'pass\\"wo rd/é', "pass%22wo%20rd%2F%C3%A9"]) {
      expect(redactor.text(`it is ${form}.`), form).to.equal("it is ***.");
    }
  });

  it("lets no secret it was told out of a log, wherever it stands", () => {
    const random = new SeededRandom();
    const letters = 'abcXYZ019-_.:/+=*…"\\ \n$()[]é語';
    for (let round = 0; round < 150; round++) {
      const secrets = Array.from({ length: random.between(1, 4) }, () =>
        Array.from({ length: random.between(4, 40) }, () => random.pick([...letters])).join(""),
      );
      const log = new JsonLog({ level: "debug", clock: systemClock });
      log.redactor.add(secrets);
      const around = () => random.pick(["", "x", "abc ", "https://a:", "token=", '"', "Bearer ", secrets[0] ?? ""]);
      const hide = () => `${around()}${random.pick(secrets)}${around()}`;
      const error = Object.assign(new Error(hide(), { cause: new TypeError(hide()) }), { url: hide(), [hide()]: 1 });
      log.warn({ a: hide(), b: [hide(), { c: { d: hide() } }], e: error, f: new Map([["g", hide()]]) }, hide());
      const [{ message = "", fields = {} } = {}] = log.tail.readAfter(0, 1);
      for (const secret of secrets) {
        for (const text of textsIn([message, fields])) {
          expect(
            text.includes(secret),
            `seed ${random.seed}: ${JSON.stringify(secret)} in ${JSON.stringify(text)}`,
          ).to.equal(false);
        }
      }
    }
  });

  it("hides a secret that is written as a number", () => {
    const log = new JsonLog({ level: "debug", clock: systemClock });
    log.redactor.add(["12345678"]);
    log.info({ pin: 12345678, big: 12345678n, other: 1234567 }, "x");
    expect(log.tail.readAfter(0, 1)[0]?.fields).to.deep.equal({ pin: "***", big: "***", other: 1234567 });
  });

  it("hides a secret that the end of a long text cuts in two", () => {
    const log = new JsonLog({ level: "debug", clock: systemClock });
    const secret = `s3cr3t-${"q".repeat(60)}`;
    log.redactor.add([secret]);
    for (const length of [8_150, 8_192, 65_500, 65_536]) log.info({}, "-".repeat(length) + secret.repeat(3));
    for (const { message } of log.tail.readAfter(0, 9)) expect(message).to.not.contain("q".repeat(20));
  });

  it("hides all of a field whose name says that it is secret, and keeps counts", () => {
    const log = new JsonLog({ level: "debug", clock: systemClock });
    log.info({ botToken: "short", auth: { "Client-Secret": ["a", { b: "c" }] }, inputTokens: 12, password: "" }, "x");
    expect(log.tail.readAfter(0, 1)[0]?.fields).to.deep.equal({
      botToken: "***",
      auth: { "Client-Secret": ["***", { b: "***" }] },
      inputTokens: 12,
      password: "***",
    });
  });
});

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]);
}
