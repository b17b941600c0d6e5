import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";

const project = resolve(import.meta.dirname, "../..");
const mocha = join(project, "node_modules/mocha/bin/mocha.js");

describe("the closing line", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-reporter-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs mocha as `npm test` does, on one file with this text. */
  function run(text: string): { status: number | null; lastLine: string | undefined; output: string } {
    const path = join(folder, "some.test.ts");
    writeFileSync(path, text);
    const { status, stdout } = spawnSync(process.execPath, [mocha, "--reporter-option", "endGraceMs=2000", path], {
      cwd: project,
      encoding: "utf8",
    });
    return { status, lastLine: stdout.trimEnd().split("\n").at(-1), output: stdout };
  }

  it("counts what passed, failed and was skipped", () => {
    const text =
      'it("a", () => {}); it("b", () => {}); it.skip("c"); it("d", function () { this.skip(); }); it("e", () => { throw 1; });';
    expect(run(text)).to.deep.include({ lastLine: "2 passed, 1 failed, 2 skipped", status: 1 });
  });

  it("comes with exit code 0 when nothing failed", () => {
    expect(run('it("a", () => {});')).to.deep.include({ lastLine: "1 passed, 0 failed, 0 skipped", status: 0 });
  });

  it("shows what failed and why before it", () => {
    const { output } = run('describe("x", () => { it("breaks", () => { throw new Error("because"); }); });');
    expect(output).to.match(/1\) x\s+breaks:\s+Error: because/);
  });

  it("counts a broken hook as a failure", () => {
    const text = 'describe("x", () => { before(() => { throw new Error("hook"); }); it("a", () => {}); });';
    expect(run(text)).to.deep.include({ lastLine: "0 passed, 1 failed, 0 skipped", status: 1 });
  });

  it("is the last line, whatever a test prints late", () => {
    const text = 'it("a", () => { setTimeout(() => console.log("late"), 10); });';
    const { lastLine, output } = run(text);
    expect(output).to.contain("late");
    expect(lastLine).to.equal("1 passed, 0 failed, 0 skipped");
  });

  it("counts something left open as a failure and ends the process", () => {
    const { lastLine, status, output } = run('it("a", () => { setInterval(() => {}, 1000); });');
    expect(output).to.contain("the tests left something open");
    expect(lastLine).to.equal("1 passed, 1 failed, 0 skipped");
    expect(status).to.equal(1);
  });
});
