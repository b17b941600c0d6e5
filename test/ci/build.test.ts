import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { buildProgram, mainPath, root } from "../bench/gateway/built-program.ts";
import { CliRun, runCli } from "../support/run-cli.ts";

describe("npm run build", () => {
  let folder: string;
  let program: string;
  before(async function () {
    this.timeout(120_000);
    await buildProgram();
    folder = mkdtempSync(join(tmpdir(), "openclaw-test-"));
    program = join(folder, "openclaw");
    symlinkSync(mainPath, program);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("builds nothing when nothing changed", () => {
    expect(execFileSync(process.execPath, [".ci/build.ts"], { cwd: root, encoding: "utf8" })).to.equal("");
  });

  it("makes a library that programs import by its name, with its types", () => {
    const script = `
      import { createGatewayClient } from "openclaw-gateway";
      import { SessionSchema } from "openclaw-gateway/gen/openclaw/gateway/v1/session_pb";
      console.log(typeof createGatewayClient, SessionSchema.typeName);`;
    const words = ["--input-type=module", "--eval", script];
    expect(execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" })).to.equal(
      "function openclaw.gateway.v1.Session\n",
    );
    for (const name of ["src/client/gateway-client", "gen/openclaw/gateway/v1/session_pb"]) {
      expect(existsSync(join(root, "dist", `${name}.d.ts`)), name).to.equal(true);
    }
  });

  for (const line of [
    "--version",
    "",
    "runs --help",
    "sessions fork --help",
    "sessions lst",
    "sessions list --limt 3",
    "sessions list --limit --all",
    "runs list --state runing",
    "sessions show a b",
    "--get-yargs-completions openclaw se",
    "--get-yargs-completions openclaw runs list --state f",
  ]) {
    it(`makes a program that answers like the sources: openclaw ${line}`, async () => {
      const words = line.split(" ").filter(Boolean);
      expect(await runCli(words, { program })).to.deep.equal(await runCli(words));
    });
  }

  describe("makes a program whose gateway", () => {
    let environment: Record<string, string>;
    let gateway: CliRun;
    const cli = (...words: string[]) => runCli(words, { program, environment });
    before(async () => {
      const configPath = join(folder, "openclaw.json");
      writeFileSync(configPath, JSON.stringify({ gateway: { port: 0, tls: { enabled: true } } }), { mode: 0o600 });
      environment = { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state"), OPENCLAW_CONFIG_PATH: configPath };
      gateway = new CliRun(["gateway", "run", "--json"], { program, environment });
      await gateway.written("\n");
    });
    after(async () => {
      gateway.child.kill("SIGKILL");
      await gateway.result;
    });

    it("answers its commands, with a certificate of its own", async () => {
      expect(await cli("agent", "-m", "hello")).to.deep.equal({ code: 0, stdout: "hello\n", stderr: "" });
      expect((await cli("gateway", "status", "--require-rpc")).stdout).to.match(/^gateway +answers in /);
      expect((await cli("sessions", "show", "nobody")).stderr).to.contain("sessions/nobody does not exist");
    });

    it("is asked by a command that reads a handful of files, and nothing of fetch", async () => {
      const report = join(folder, "report.cjs");
      writeFileSync(
        report,
        `const files = [];
        require("node:module").registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
        process.on("exit", () => console.error(JSON.stringify({ files, builtIn: process.moduleLoadList })));`,
      );
      const more = { ...environment, NODE_OPTIONS: `--require=${report}` };
      const { stderr } = await runCli(["sessions", "list"], { program, environment: more });
      const { files, builtIn } = JSON.parse(stderr) as { files: string[]; builtIn: string[] };
      expect(
        files.filter((url) => url.startsWith("file:")),
        stderr,
      ).to.have.length.within(2, 10);
      expect(builtIn.filter((name) => name.includes("undici"))).to.deep.equal([]);
    });

    it("stops when it is told to", async () => {
      expect((await cli("gateway", "stop")).code).to.equal(0);
      expect((await gateway.result).code).to.equal(0);
    });
  });
});
