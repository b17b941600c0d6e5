import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";

const script = resolve(import.meta.dirname, "../../.ci/run");

/** What the script needs of the machine; nothing else is on its PATH. */
const tools = ["bash", "sh", "env", "grep", "tail", "mktemp", "rm", "tee", "dirname", "timeout", "ln"];

/** What stands for a command: shell lines; none means the machine does not have it. */
type Commands = Readonly<Record<string, string>>;

describe(".ci/run", () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), "openclaw-ci-"));
    mkdirSync(join(clone, "bin"));
    for (const tool of tools)
      symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(clone, "bin", tool));
    mkdirSync(join(clone, "node_modules/.bin"), { recursive: true });
    symlinkSync(process.execPath, join(clone, "node_modules/.bin/node"));
    cpSync(script, join(clone, ".ci/run"), { recursive: true });
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  /** Runs the script on a clone where `npm ci`, `npm run check` and `npm test` do this; every tool is there unless said otherwise. */
  function run(
    npm: { ci?: string; check?: string; test?: string },
    commands: Commands = {},
  ): {
    status: number | null;
    lastLine: string | undefined;
    output: string;
  } {
    const npmLines = `echo "npm $*" >> calls
case "$1" in ci) ${npm.ci ?? ":"};; run) ${npm.check ?? ":"};; test) ${npm.test ?? ":"};; esac`;
    const there = ["chromium", "nghttp", "curl", "systemd", "ngircd", "inspircd", "prosody", "dovecot"];
    const all: Commands = {
      ...Object.fromEntries(there.map((name) => [name, ":"])),
      id: "echo 1000",
      npm: npmLines,
      ...commands,
    };
    for (const [name, lines] of Object.entries(all)) {
      if (lines === "") continue;
      const path = join(clone, "bin", name);
      writeFileSync(path, `#!/bin/sh\n${lines}\n`);
      chmodSync(path, 0o755);
    }
    const { status, stdout } = spawnSync(join(clone, ".ci/run"), {
      cwd: "/",
      encoding: "utf8",
      env: { PATH: join(clone, "bin") },
    });
    return { status, lastLine: stdout.trimEnd().split("\n").at(-1), output: stdout };
  }

  const line = (passed: number, failed: number, skipped: number) =>
    `${passed} passed, ${failed} failed, ${skipped} skipped`;

  it("installs, checks and tests, and ends with the tests' line", () => {
    const result = run({ test: `echo "${line(5, 0, 2)}"` });
    expect(result).to.deep.include({ status: 0, lastLine: line(5, 0, 2) });
    expect(readFileSync(join(clone, "calls"), "utf8")).to.equal(
      "npm ci --no-audit --no-fund\nnpm run check\nnpm test\n",
    );
  });

  it("fails when a test failed", () => {
    expect(run({ test: `echo "${line(5, 1, 0)}"; exit 1` })).to.deep.include({ status: 1, lastLine: line(5, 1, 0) });
  });

  it("counts a failed check and runs the tests all the same", () => {
    const result = run({ check: "exit 1", test: `echo "${line(5, 0, 0)}"` });
    expect(result).to.deep.include({ status: 1, lastLine: line(5, 1, 0) });
  });

  it("counts a test run that ended without its line", () => {
    expect(run({ test: "echo broken; exit 7" })).to.deep.include({ status: 1, lastLine: line(0, 1, 0) });
  });

  it("counts a test run whose line hides its exit code", () => {
    expect(run({ test: `echo "${line(5, 0, 0)}"; exit 3` })).to.deep.include({ status: 1, lastLine: line(5, 1, 0) });
  });

  it("stops when nothing can be installed", () => {
    const result = run({ ci: "exit 1", test: `echo "${line(5, 0, 0)}"` });
    expect(result).to.deep.include({ status: 1, lastLine: line(0, 1, 0) });
  });

  it("installs missing tools as root, each for itself, and goes on when one cannot be had", () => {
    const commands = {
      id: "echo 0",
      chromium: "",
      nghttp: "",
      "apt-get": 'echo "apt-get $*" >> calls; case "$*" in *chromium) exit 1;; esac',
    };
    const result = run({ test: `echo "${line(5, 0, 2)}"` }, commands);
    expect(result).to.deep.include({ status: 0, lastLine: line(5, 0, 2) });
    expect(result.output).to.contain("chromium cannot be installed; the tests that need it are skipped");
    expect(readFileSync(join(clone, "calls"), "utf8")).to.equal(
      [
        "npm ci --no-audit --no-fund",
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends chromium",
        "apt-get install -y -qq --no-install-recommends nghttp2-client",
        "npm run check",
        "npm test\n",
      ].join("\n"),
    );
  });

  it("names missing tools when it may not install them", () => {
    const result = run({ test: `echo "${line(5, 0, 2)}"` }, { id: "echo 1000", curl: "" });
    expect(result).to.deep.include({ status: 0, lastLine: line(5, 0, 2) });
    expect(result.output).to.contain("not here: curl; the tests that need them are skipped");
  });

  it("puts Node in place where npm runs no install scripts", () => {
    const bin = join(clone, "node_modules/.bin/node");
    rmSync(bin);
    mkdirSync(join(clone, "node_modules/node/bin"), { recursive: true });
    writeFileSync(
      join(clone, "node_modules/node/installArchSpecificPackage.js"),
      `require("fs").symlinkSync(${JSON.stringify(process.execPath)}, "bin/node");`,
    );
    symlinkSync(process.execPath, join(clone, "bin/node"));
    expect(run({ test: `echo "${line(1, 0, 0)}"` })).to.deep.include({ status: 0, lastLine: line(1, 0, 0) });
    expect(spawnSync(bin, ["--version"], { encoding: "utf8" }).stdout).to.equal(`${process.version}\n`);
  });
});
