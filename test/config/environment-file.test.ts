import { expect } from "chai";
import { withEnvironmentFile } from "../../src/config/environment.ts";
import { setEnvironmentVariables } from "../../src/config/file/environment-file.ts";
import { ConfigHome, configErrorOf } from "./config-home.ts";

describe(".env in the state folder", () => {
  let home: ConfigHome;
  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  const read = (environment: Record<string, string> = {}) =>
    withEnvironmentFile({ environment, home: home.path }).environment;

  it("sets variables", () => {
    home.write(".openclaw/.env", '# keys\nOPENAI_API_KEY=sk-1\nexport QUOTED="two words"\n\n');
    expect(read()).to.deep.equal({ OPENAI_API_KEY: "sk-1", QUOTED: "two words" });
  });

  for (const value of ["plain", "two words", "it's\\nice", 'a"b\\n', "`it's`", "tail\\", " # ", "$HOME"]) {
    it(`gives back ${value} as it was written there`, async () => {
      await setEnvironmentVariables(home.stateDir, { A: "before", SECRET: value, B: "after" });
      expect(read()).to.deep.equal({ A: "before", SECRET: value, B: "after" });
    });
  }

  it("is not written where no quotes could hold the value", async () => {
    const write = () => setEnvironmentVariables(home.stateDir, { SECRET: "it's `a\\n" });
    expect(await configErrorOf(write)).to.contain("SECRET: cannot be written into .env");
  });

  it("overrides nothing that is set", () => {
    home.write(".openclaw/.env", "OPENAI_API_KEY=sk-1\nOTHER=1\n");
    expect(read({ OPENAI_API_KEY: "sk-2" })).to.deep.equal({ OPENAI_API_KEY: "sk-2", OTHER: "1" });
  });

  it("belongs to the profile", () => {
    home.write(".openclaw/.env", "NAME=default\n");
    home.write(".openclaw-work/.env", "NAME=work\n");
    expect(read({ OPENCLAW_PROFILE: "work" }).NAME).to.equal("work");
  });

  it("cannot say where the state folder is", () => {
    home.write(".openclaw/.env", "OPENCLAW_STATE_DIR=/a\nOPENCLAW_PROFILE=b\nOPENCLAW_CONFIG_PATH=/c\n");
    expect(read()).to.deep.equal({});
  });

  it("need not be there", () => {
    expect(read({ A: "1" })).to.deep.equal({ A: "1" });
  });

  it("has to be a file", async () => {
    home.write(".openclaw/.env/inside", "");
    expect(await configErrorOf(() => read())).to.contain(".openclaw/.env: cannot be read (EISDIR)");
  });
});
