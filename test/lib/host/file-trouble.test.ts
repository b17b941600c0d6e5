import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type FileTrouble, fileTroubleOf } from "../../../src/lib/host/file-trouble.ts";

describe("trouble with a file", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-test-"));
    file = join(folder, "file");
    writeFileSync(file, "");
  });
  after(() => rmSync(folder, { recursive: true }));

  const troubleOf = (work: () => unknown): FileTrouble | undefined => {
    try {
      work();
    } catch (error) {
      return fileTroubleOf(error);
    }
    throw new Error("it worked");
  };

  it("names the path and says why", () => {
    const below = join(file, "below");
    expect(troubleOf(() => readFileSync(below))).to.deep.equal({
      path: below,
      why: "is below something that is no folder",
      passing: false,
    });
  });

  it("is told of a file where a folder is made or listed", () => {
    for (const work of [() => mkdirSync(file, { recursive: true }), () => readdirSync(file)]) {
      expect(troubleOf(work)).to.deep.include({ path: file, why: "is no folder" });
    }
  });

  it("passes when it is for want of space", () => {
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", path: file, syscall: "write" });
    expect(fileTroubleOf(full)).to.deep.equal({ path: file, why: "is on a full disk", passing: true });
  });

  it("is not what a missing file is, nor one that is there already, nor any other error", () => {
    expect(troubleOf(() => readFileSync(join(folder, "nothing")))).to.equal(undefined);
    expect(troubleOf(() => writeFileSync(file, "", { flag: "wx" }))).to.equal(undefined);
    for (const thrown of [new Error("EACCES"), "EACCES", undefined]) expect(fileTroubleOf(thrown)).to.equal(undefined);
  });
});
