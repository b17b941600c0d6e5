import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { programVersion } from "../../src/cli/command/version.ts";
import { commands, shortPaths } from "../../src/cli/commands.ts";
import { programPath } from "../support/program.ts";
import { hasTerminal, runCli } from "../support/run-cli.ts";

describe("openclaw", () => {
  it("shows every command without one", async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect([code, stderr]).to.deep.equal([0, ""]);
    for (const { path, summary } of commands) expect(stdout).to.contain(path).and.to.contain(summary);
  });

  it("shows the commands of a group", async () => {
    const { code, stdout } = await runCli(["runs", "--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.contain("runs cancel").and.not.to.contain("sessions list");
  });

  it("shows words, options and examples of a command", async () => {
    const { code, stdout } = await runCli(["sessions", "fork", "--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.contain("openclaw sessions fork <session> [new-session]");
    expect(stdout).to.contain("--message <message>").and.to.contain("--json").and.to.contain("examples:");
  });

  it("lists the commands of a group that means none by itself", async () => {
    const { code, stdout } = await runCli(["security"]);
    expect(code).to.equal(0);
    expect(stdout)
      .to.contain("openclaw security <command>")
      .and.contain("security audit")
      .and.not.contain("sessions list");
  });

  it("tells its version", async () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    expect((await runCli(["--version"])).stdout).to.equal(`${manifest.version}\n`);
    expect(programVersion()).to.equal(manifest.version);
  });

  for (const [line, message, next] of [
    ["gatway", 'unknown command "gatway"', "did you mean: openclaw gateway?"],
    ["sessions lst", 'unknown command "sessions lst"', "did you mean: openclaw sessions list?"],
    ["sessions nope", 'unknown command "sessions nope"', "see: openclaw sessions --help"],
    ["sessions list --nope", "unknown option --nope", "see: openclaw sessions list --help"],
    ["status --nope", "unknown option --nope", "see: openclaw gateway status --help"],
    ["agent -m", "-m needs a value", "write -m <text>"],
    ["channels add", "it is not said which network: telegram, ", "openclaw channels add irc"],
    ["frobnicate", 'unknown command "frobnicate"', "see: openclaw --help"],
    ["--jsn", "unknown option --jsn", "did you mean --json?"],
    ["sessions list --limt 3", "unknown option --limt", "did you mean --limit?"],
    ["sessions list --limit many", '--limit is "many"', "give a whole number from 1 to 100000"],
    ["sessions list --limit --all", "--limit needs a value", "write --limit=<n>"],
    ["sessions list --all=no", "--all takes no value", "write just --all"],
    ["runs list --state runing", '--state cannot be "runing"', "did you mean running?"],
    ["sessions show a b", 'sessions show does not take "b"', "see: openclaw sessions show --help"],
    ["sessions update", "sessions update needs <session>", "see: openclaw sessions update --help"],
    ["sessions update x", "there is nothing to change", "see: openclaw sessions update --help"],
    ["sessions update x --pin --unpin", "contradict each other", "leave one of them out"],
    ["sessions list --label x", '--label is "x"', "write --label key=value"],
    ["runs show nonsense", '"nonsense" names no run', "see: openclaw runs list"],
    ["agent", "there is nothing to say", 'openclaw agent -m "…"'],
    ["agent -m -", "standard input is empty", "pipe the message in"],
    ["completion tcsh", 'no completion for "tcsh"', "choose bash, zsh or fish"],
    ["gateway call GetSesion", "no method GetSesion", "did you mean SessionService/GetSession?"],
    ["gateway call GetSession --params {", "--params is not JSON", "for example"],
    ['gateway call GetSession --params {"nam":1}', 'key "nam" is unknown', "its fields: name"],
  ] as const) {
    it(`says what is wrong with: openclaw ${line}`, async () => {
      const { code, stdout, stderr } = await runCli(line.split(" "));
      expect(stderr).to.contain(message).and.to.contain(next);
      expect([code, stdout]).to.deep.equal([2, ""]);
      expect(stderr.trimEnd().split("\n")).to.have.length(2);
    });
  }

  it("takes a switch with its value, --json as well", async () => {
    const { code, stdout } = await runCli(["config", "file", "--json=true"]);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ exists: false });
  });

  it("tells wrong usage as JSON with --json", async () => {
    const { code, stderr } = await runCli(["sessions", "lst", "--json"]);
    expect(code).to.equal(2);
    expect(JSON.parse(stderr)).to.deep.equal({
      error: { message: 'unknown command "sessions lst"', next: "did you mean: openclaw sessions list?" },
    });
  });

  it("exits with 78 and every problem when the configuration is wrong", async () => {
    const home = mkdtempSync(join(tmpdir(), "openclaw-test-"));
    try {
      const path = join(home, "openclaw.json");
      writeFileSync(path, '{ gateway: { port: "x", prot: 1 } }', { mode: 0o600 });
      const { code, stderr } = await runCli(["sessions", "list"], { environment: { OPENCLAW_CONFIG_PATH: path } });
      expect(code).to.equal(78);
      expect(stderr).to.contain("gateway.port: must be").and.to.contain("did you mean gateway.port?");
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it("says that its output cannot be written, and exits with 1", function () {
    if (!existsSync("/dev/full")) return this.skip();
    const full = openSync("/dev/full", "w");
    const words = [programPath(), "completion", "bash"];
    const { status, stderr } = spawnSync(process.execPath, words, {
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    expect(stderr).to.match(/^error: the output cannot be written: ENOSPC.*\n$/);
    expect(status).to.equal(1);
  });

  it("does not send this machine's credential to another address", async () => {
    const { code, stderr } = await runCli(["sessions", "list", "--url", "http://127.0.0.1:9"], {
      environment: { OPENCLAW_GATEWAY_TOKEN: "secret" },
    });
    expect(code).to.equal(78);
    expect(stderr).to.contain("--url").and.to.contain("add --token or --password");
  });

  it("says in one line what to do when Node is too old", function () {
    const old = findOldNode();
    if (old === undefined) return this.skip();
    const folder = mkdtempSync(join(tmpdir(), "openclaw-test-"));
    try {
      // The file has no types, so that it can be read as it is.
      const file = join(folder, "main.mjs");
      copyFileSync(join(import.meta.dirname, "../../src/main.ts"), file);
      const { status, stderr } = spawnSync(old, [file], { encoding: "utf8" });
      expect(status).to.equal(1);
      expect(stderr).to.contain("needs Node 22.18 or newer").and.to.contain("install Node 24");
      expect(stderr).not.to.contain("at ");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is called through npx where the shell does not find it by its name", async () => {
    const program = join(import.meta.dirname, "../../src/main.ts");
    const { stderr } = await runCli(["gatway"], { program });
    expect(stderr).to.contain("next: did you mean: npx openclaw gateway?");
    const { stdout } = await runCli(["agent", "--help"], { program });
    expect(stdout).to.contain("usage: npx openclaw agent").and.to.contain("  npx openclaw agent -m hi --json");
  });

  it("is coloured in a terminal and plain elsewhere", async function () {
    if (!hasTerminal()) return this.skip();
    const colour = "\u001b[";
    expect((await runCli([])).stdout).not.to.contain(colour);
    expect((await runCli([], { terminal: true })).stdout).to.contain(colour);
    expect((await runCli(["--no-color"], { terminal: true })).stdout).not.to.contain(colour);
    expect((await runCli([], { terminal: true, environment: { NO_COLOR: "1" } })).stdout).not.to.contain(colour);
  });
});

describe("commands", () => {
  it("are files at their path", async () => {
    for (const { path, load } of commands) {
      const { command } = await import(join(import.meta.dirname, "../../src/cli", `${path.replace(" ", "/")}.ts`));
      expect(await load(), path).to.have.property("command", command);
    }
  });

  it("have short paths that lead to one of them", () => {
    const paths = commands.map((entry) => entry.path);
    expect(paths).to.include.members(Object.values(shortPaths));
  });
});

describe("openclaw completion", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-test-"));
    const main = join(import.meta.dirname, "../../src/main.ts");
    writeFileSync(join(folder, "openclaw"), `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`, { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What bash offers after these words, the last of which is not finished. */
  const offered = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await runCli(["completion", "bash"]);
    const typed = ["openclaw", ...words].map((word) => `'${word}'`).join(" ");
    const script = `${stdout}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _openclaw; printf '%s\\n' "\${COMPREPLY[@]}"`;
    // A login shell that is another one must not decide what this one is told.
    const env = { ...process.env, SHELL: "/bin/zsh", PATH: `${folder}${delimiter}${process.env.PATH}` };
    return spawnSync("bash", ["-c", script], { encoding: "utf8", env }).stdout.trim().split("\n");
  };

  it("offers commands", async () => {
    expect(await offered("ses")).to.deep.equal(["sessions"]);
    expect(await offered("sessions", "s")).to.have.members(["show", "search"]);
    expect(await offered("")).to.include.members(["agent", "gateway", "health"]);
  });

  it("offers options and their choices", async () => {
    expect(await offered("runs", "list", "--st")).to.deep.equal(["--state"]);
    expect(await offered("runs", "list", "--state", "f")).to.deep.equal(["failed"]);
  });

  it("offers nothing where it knows nothing", async () => {
    expect(await offered("sessions", "show", "m")).to.deep.equal([""]);
  });

  it("tells zsh what each of them does", async () => {
    const words = ["--get-yargs-completions", "openclaw", "runs", "c"];
    const { stdout } = await runCli(words, { environment: { SHELL: "zsh" } });
    expect(stdout).to.contain("cancel:stop a run\n");
  });

  it("offers fish the same, with what each does, and files where it knows nothing", async function () {
    if (spawnSync("fish", ["--version"]).status !== 0) return this.skip();
    const { stdout } = await runCli(["completion", "fish"]);
    const env = { ...process.env, HOME: folder, PATH: `${folder}${delimiter}${process.env.PATH}` };
    const complete = (line: string): string[] => {
      const words = ["--no-config", "-c", `${stdout}\ncd ${folder}; complete -C '${line}'`];
      return spawnSync("fish", words, { encoding: "utf8", env }).stdout.trim().split("\n");
    };
    expect(complete("openclaw runs list --page-t")).to.deep.equal([
      "--page-token\tgo on after an earlier list: its nextPageToken (see --json)",
    ]);
    expect(complete("openclaw runs list --state f")).to.deep.equal(["failed"]);
    expect(complete("openclaw agent --file ./open")).to.deep.equal(["./openclaw"]);
  });

  it("prints a script zsh can read", async function () {
    if (spawnSync("zsh", ["--version"]).status !== 0) return this.skip();
    const { stdout } = await runCli(["completion", "zsh"]);
    expect(spawnSync("zsh", ["-n", "-c", stdout]).status).to.equal(0);
  });
});

/** A Node below 22.18 somewhere on the machine. */
function findOldNode(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders
    .map((folder) => join(folder, "node"))
    .find((path) => {
      const version = spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? "";
      const [, major = 0, minor = 0] = /^v(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
      return version !== "" && (major < 22 || (major === 22 && minor < 18));
    });
}
