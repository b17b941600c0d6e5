import { closeSync, mkdtempSync, openSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { lookWhetherOpen } from "../../../src/lib/host/open-file.ts";
import { commandRunner } from "../../../src/lib/host/run-command.ts";

describe("lookWhetherOpen", () => {
  const run = commandRunner({ PATH: process.env.PATH }, 10_000);
  const look = (path: string, pid = process.pid) => lookWhetherOpen(pid, path, run);
  let dir: string;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "openclaw-open-"));
    path = join(dir, "some.lock");
    writeFileSync(path, "");
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("sees a file for as long as the process has it open", async () => {
    expect(await look(path)).to.equal("not open");
    const file = openSync(path, "r");
    expect(await look(path)).to.equal("open");
    closeSync(file);
    expect(await look(path)).to.equal("not open");
  });

  it("sees it through another path of the folder", async () => {
    const file = openSync(path, "r");
    symlinkSync(dir, `${dir}-link`);
    try {
      expect(await look(join(`${dir}-link`, "some.lock"))).to.equal("open");
    } finally {
      closeSync(file);
      rmSync(`${dir}-link`);
    }
  });

  it("does not take another file for it that has, or had, its name", async () => {
    const file = openSync(path, "r");
    renameSync(path, `${path}.old`);
    writeFileSync(path, "");
    expect(await look(path)).to.equal("not open");
    closeSync(file);
  });

  it("finds nothing in a process that is not there, and no file that is not there", async () => {
    expect(await look(path, 2 ** 22 + 1)).to.equal("not open");
    expect(await look(join(dir, "nothing"))).to.equal("not open");
  });
});
