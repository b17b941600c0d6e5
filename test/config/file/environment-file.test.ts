import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect } from "chai";
import { ConfigError } from "../../../src/config/config-error.ts";
import { setEnvironmentVariables } from "../../../src/config/file/environment-file.ts";

describe("the file of variables", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-env-"));
    path = join(folder, ".env");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const text = () => readFileSync(path, "utf8");

  it("is made for its owner alone", async () => {
    expect(await setEnvironmentVariables(folder, { A_KEY: "one" })).to.deep.equal(["A_KEY"]);
    expect(text()).to.equal("A_KEY=one\n");
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it("keeps every other line, and replaces a variable where it stands", async () => {
    writeFileSync(path, "# mine\nA=1\n\nexport B_KEY=old\nB_KEY=older # last\nC='x y'");
    expect(await setEnvironmentVariables(folder, { B_KEY: "new", D: "4" })).to.deep.equal(["B_KEY", "D"]);
    expect(text()).to.equal("# mine\nA=1\n\nB_KEY=new\nC='x y'\nD=4\n");
  });

  it("is not written when nothing changes", async () => {
    writeFileSync(path, "A=1");
    expect(await setEnvironmentVariables(folder, { A: "1" })).to.deep.equal([]);
    expect(text()).to.equal("A=1");
  });

  for (const value of ["with space", 'with "quotes"', "with 'quotes'", "a#b", "$HOME", "ünï", "", `both ' and "`]) {
    it(`holds ${JSON.stringify(value)} so that it is read as it was`, async () => {
      await setEnvironmentVariables(folder, { A: value });
      expect(parseEnv(text()).A ?? "").to.equal(value);
    });
  }

  it("refuses what it cannot hold", async () => {
    const error = await setEnvironmentVariables(folder, { A: "one\ntwo" }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(ConfigError);
  });
});
