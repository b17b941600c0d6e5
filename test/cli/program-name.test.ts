import { expect } from "chai";
import { asTyped, programName } from "../../src/cli/program-name.ts";

describe("programName", () => {
  for (const [script, name] of [
    ["/usr/local/bin/openclaw", "openclaw"],
    ["/home/me/.nvm/versions/node/v24.1.0/bin/openclaw", "openclaw"],
    ["/home/me/.local/share/pnpm/global/5/node_modules/openclaw-gateway/dist/src/main.js", "openclaw"],
    ["/home/me/project/node_modules/.bin/openclaw", "npx openclaw"],
    ["/home/me/openclaw/dist/src/main.js", "npx openclaw"],
    ["/home/me/openclaw/src/main.ts", "npx openclaw"],
  ] as const) {
    it(`is "${name}" for ${script}`, () => {
      expect(programName(script)).to.equal(name);
    });
  }
});

describe("asTyped", () => {
  it("changes command lines and leaves names of files alone", () => {
    const name = programName();
    expect(asTyped("see: openclaw --help, openclaw runs list, openclaw.json, openclaw")).to.equal(
      `see: ${name} --help, ${name} runs list, openclaw.json, openclaw`,
    );
  });

  it("changes no text twice: failures and findings are shown inside of each other", () => {
    const once = asTyped("start it with: openclaw gateway run");
    expect(asTyped(once)).to.equal(once);
  });

  it("changes a command line that is coloured", () => {
    expect(asTyped("\u001b[2mopenclaw runs list\u001b[22m")).to.equal(`\u001b[2m${programName()} runs list\u001b[22m`);
  });

  it("leaves the folder alone when a sentence goes on after it", () => {
    expect(asTyped("/home/mia/.openclaw is used")).to.equal("/home/mia/.openclaw is used");
  });
});
