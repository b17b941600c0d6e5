import { expect } from "chai";
import { type CredentialKind, credentialShapes } from "../../../src/core/access/credential-shapes.ts";
import { makeSecret } from "../../../src/lib/secret/checked-secret.ts";
import { explainWrongSecret, explainWrongToken } from "../../../src/server/guard/paste.ts";

/** Made up, in the form of the real ones. */
const foreign: readonly (readonly [name: string, text: string])[] = [
  ["an OpenAI API key", `sk-proj-${"a1B2".repeat(10)}`],
  ["an Anthropic API key", `sk-ant-api03-${"a1B2".repeat(10)}`],
  ["an OpenRouter API key", `sk-or-v1-${"a1b2".repeat(10)}`],
  ["a Google API key", `AIza${"Sy-_1".repeat(7)}`],
  ["a GitHub token", `ghp_${"a1B2".repeat(9)}`],
  ["a GitHub token", `github_pat_${"a1B2_".repeat(9)}`],
  ["a GitLab token", `glpat-${"a1B2".repeat(5)}`],
  ["a Slack token", `xoxb-${"1234-".repeat(3)}abcdef`],
  ["a Slack token", `xapp-1-${"A1B2".repeat(5)}`],
  ["a Telegram bot token", `123456789:${"AAa-1_".repeat(6)}`.slice(0, 45)],
  ["a Discord bot token", `${"MTEw".repeat(6)}.Gabc12.${"a1-B_".repeat(6)}`],
  ["a Hugging Face token", `hf_${"a1B2".repeat(8)}`],
  ["an AWS access key", `AKIA${"A1B2".repeat(4)}`],
  ["a JSON web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"],
];

/** No piece of the text worth anything is in what is said about it. */
function expectNoEcho(said: string | undefined, text: string): void {
  for (let at = 0; at + 8 <= text.length; at += 1) expect(said ?? "").not.to.contain(text.slice(at, at + 8));
}

describe("a wrong paste where a token belongs", () => {
  for (const [name, text] of foreign) {
    it(`is called ${name} when it looks like one (${text.slice(0, 7)}…), and is not repeated`, () => {
      const said = explainWrongToken(text);
      expect(said).to.contain(`this looks like ${name}, not a token of this gateway`);
      expectNoEcho(said, text);
    });
  }

  it("is called a setup code, with what to do with it", () => {
    const code = makeSecret(credentialShapes.setupCode);
    const said = explainWrongToken(code);
    expect(said).to.contain("this is a setup code, not a token").and.to.contain("openclaw devices pair --setup-code");
    expectNoEcho(said, code);
  });

  it("is called the secret of a pairing request", () => {
    const said = explainWrongToken(makeSecret(credentialShapes.redeemSecret));
    expect(said).to.contain("this is the secret of a pairing request, not a token");
  });

  for (const kind of ["gatewayToken", "namedToken", "deviceToken"] as const) {
    it(`is called unknown when it is a whole ${kind}, incomplete when it is not`, () => {
      const token = makeSecret(credentialShapes[kind]);
      expect(explainWrongToken(token)).to.match(/^no such (gateway|named|device) token is known/);
      for (const damaged of [token.slice(0, -1), `${token}x`, token.toLowerCase()]) {
        const said = explainWrongToken(damaged);
        expect(said).to.match(
          /^this (gateway|named|device) token is incomplete or was changed; copy all its 53 characters/,
        );
        expectNoEcho(said, damaged);
      }
    });
  }

  for (const text of ["", "hunter2", "Bearer", "a-token-an-operator-chose-0123456789"]) {
    it(`is not given a name when it could be anything: ${JSON.stringify(text)}`, () => {
      expect(explainWrongToken(text)).to.equal(undefined);
    });
  }
});

describe("a wrong paste where another secret belongs", () => {
  const kinds = Object.keys(credentialShapes) as CredentialKind[];

  for (const wanted of ["setupCode", "redeemSecret"] as const) {
    it(`passes as a whole ${wanted}`, () => {
      expect(explainWrongSecret(makeSecret(credentialShapes[wanted]), wanted)).to.equal(undefined);
    });

    it(`is told apart from a ${wanted}`, () => {
      for (const kind of kinds.filter((each) => each !== wanted)) {
        expect(explainWrongSecret(makeSecret(credentialShapes[kind]), wanted)).to.match(/^this is a .*, not a /);
      }
    });

    it(`is never a ${wanted} when it is damaged or something else`, () => {
      const damaged = makeSecret(credentialShapes[wanted]).slice(0, -1);
      expect(explainWrongSecret(damaged, wanted)).to.contain("is incomplete or was changed");
      for (const [name, text] of foreign) expect(explainWrongSecret(text, wanted)).to.contain(name);
      expect(explainWrongSecret("hunter2", wanted)).to.match(/^this is not a /);
      expect(explainWrongSecret("", wanted)).to.match(/^this is not a /);
    });
  }
});
