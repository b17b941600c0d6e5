/** `openclaw config …`, with a gateway and without. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";
import { ConfiguredGateway } from "../support/configured-gateway.ts";
import { testToken } from "../support/gateway-process.ts";
import { type CliResult, runCli } from "../support/run-cli.ts";

const text = "{\n  // mine\n  agents: { defaults: { maxSteps: 7 } },\n}\n";

describe("openclaw config, when no gateway runs", function () {
  this.timeout(60_000);
  let home: CliHome;
  let path: string;

  beforeEach(async () => {
    home = new CliHome();
    await home.configure();
    path = join(home.stateDir(), "openclaw.json");
    writeFileSync(path, text);
  });
  afterEach(() => home.remove());

  const file = (): string => readFileSync(path, "utf8");

  it("sets, gets and unsets values in the file, which keeps its comments", async () => {
    const set = await home.cli("config", "set", "agents.defaults.model.primary", "openai/gpt-5", "--note", "better");
    expect(set.stdout).to.contain("set agents.defaults.model.primary (revision 2)").and.contain("no gateway runs here");
    expect(file()).to.contain("// mine").and.contain('primary: "openai/gpt-5"');
    expect((await home.cli("config", "get", "agents.defaults.model")).stdout).to.equal(
      '{\n  "primary": "openai/gpt-5"\n}\n',
    );
    await home.cli("config", "unset", "agents.defaults.model");
    const gone = await home.cli("config", "get", "agents.defaults.model");
    expect(gone).to.include({ code: 1, stdout: "" });
    expect(file()).to.equal(text);
  });

  it("refuses what is wrong with exit code 78, what is typed wrongly with 2, and changes nothing", async () => {
    const wrong = await home.cli("config", "set", "agents.defaults.maxStep", "1");
    expect(wrong.code).to.equal(78);
    expect(wrong.stderr).to.contain("did you mean agents.defaults.maxSteps?");
    const strict = await home.cli("config", "set", "agents.defaults.instructions", "hello", "--strict-json");
    expect(strict.code).to.equal(2);
    expect(file()).to.equal(text);
  });

  it("get tells a key that is none, and what was meant, from one that is not set", async () => {
    const get = async (...words: string[]) => (await home.cli("config", "get", ...words)).stderr;
    expect(await get("agents.nope"))
      .to.contain("there is no key agents.nope\n")
      .and.contain("known keys here: defaults");
    expect(await get("agents.defaults.maxStep")).to.contain("did you mean agents.defaults.maxSteps?");
    expect(await get("gateway.port.x"))
      .to.contain("there is no key gateway.port.x\n")
      .and.contain("nothing can be below it");
    expect(await get("gateway.port"))
      .to.contain("gateway.port is not set\n")
      .and.contain("get gateway.port --defaults");
    const without = await get("gateway.customBindHost", "--defaults");
    expect(without).to.contain("gateway.customBindHost is not set, and has no default\n");
  });

  it("get says that nothing is set, when nothing is", async () => {
    writeFileSync(path, "{}");
    expect(await home.cli("config", "get")).to.deep.include({ code: 0, stdout: "{}\n" });
    expect((await home.cli("config", "get")).stderr).to.contain("nothing is set");
  });

  it("patches from standard input, tells what it would do, and lists it as JSON", async () => {
    const words = ["config", "patch", "--dry-run", "--json"];
    const { stdout } = await runCli(words, {
      environment: home.environment,
      input: "{gateway: {port: 1}, agents: null}",
    });
    const report = JSON.parse(stdout) as { written: boolean; changes: { key: string; effect: string }[] };
    expect(report).to.include({ written: false, dryRun: true, by: "file" });
    expect(report.changes).to.deep.equal([
      { key: "gateway.port", effect: "gateway" },
      { key: "agents.defaults.maxSteps", effect: "live" },
    ]);
    expect(file()).to.equal(text);
  });

  it("shows the history, what changed, and goes back", async () => {
    await home.cli("config", "set", "agents.defaults.maxSteps", "8", "--note", "more");
    const history = await home.read<{ revisions: { number: number; author: string; note: string }[] }>(
      "config",
      "history",
    );
    expect(history.revisions.map(({ number, author, note }) => [number, author, note])).to.deep.equal([
      [2, "command line", "more"],
      [1, "edit by hand", ""],
    ]);
    expect((await home.cli("config", "diff")).stdout).to.contain("+  agents: { defaults: { maxSteps: 8 } },");
    expect((await home.cli("config", "rollback", "1")).stdout).to.contain("rolled back to revision 1 (revision 3)");
    expect(file()).to.equal(text);
    expect((await home.cli("config", "diff", "1", "3")).stderr).to.contain("nothing differs");
  });

  it("validates, plans and describes", async () => {
    expect((await home.cli("config", "validate")).stdout).to.contain("is valid");
    const other = join(home.path, "new.json5");
    writeFileSync(other, "{ gateway: { bind: 'lan' }, agents: { defaults: { maxSteps: 9 } } }");
    const plan = await home.read<{ changes: unknown[] }>("config", "plan", other);
    expect(plan.changes).to.deep.equal([
      { key: "gateway.bind", effect: "gateway" },
      { key: "agents.defaults.maxSteps", effect: "live" },
    ]);
    writeFileSync(other, "{ gateway: { bind: 'lann' } }");
    const wrong = await home.cli("config", "validate", other);
    expect(wrong.code).to.equal(78);
    expect(wrong.stdout).to.contain("gateway.bind: must be one of");
    const { schema } = await home.read<{ schema: object }>("config", "schema", "gateway.port");
    expect(schema).to.include({ maximum: 65_535 });
    expect((await home.cli("config", "file")).stdout).to.equal(`${path}\n`);
    expect((await home.cli("config", "reload")).code).to.equal(1);
  });
});

describe("a change that waits to be confirmed", function () {
  this.timeout(60_000);

  it("is taken back although the gateway is killed meanwhile", async () => {
    const home = new CliHome();
    try {
      await home.configure(undefined, { agents: { defaults: { maxSteps: 7 } } } as object);
      const ready = async (): Promise<void> => {
        const run = home.start("gateway", "run", "--json");
        await run.written("urls");
      };
      await ready();
      const set = await home.cli("config", "set", "agents.defaults.maxSteps", "8", "--confirm-within", "1s");
      expect(set.code).to.equal(0);
      await home.kill();
      await ready();
      for (;;) {
        const { value } = await home.read("config", "get", "agents.defaults.maxSteps");
        if (value === 7) break;
      }
      const { revisions } = await home.read<{ revisions: { author: string }[] }>("config", "history");
      expect(revisions[0]?.author).to.equal("gateway");
    } finally {
      await home.remove();
    }
  });
});

describe("openclaw config, when a gateway runs", function () {
  this.timeout(60_000);
  let gateway: ConfiguredGateway;

  beforeEach(async () => {
    gateway = new ConfiguredGateway(text);
    await gateway.start();
  });
  afterEach(() => gateway.remove());

  /** As somebody at the same machine types it: nothing but the home folder says where the gateway is. */
  const cli = (...words: string[]): Promise<CliResult> =>
    runCli(words, { environment: { HOME: gateway.home, OPENCLAW_GATEWAY_TOKEN: testToken } });

  it("lets the gateway write and apply, and says what was done", async () => {
    const set = await cli("config", "set", "agents.defaults.maxSteps", "8");
    expect(set.stdout)
      .to.contain("(revision 2)")
      .and.match(/agents\.defaults\.maxSteps +applied/);
    expect(gateway.gateway.loaded.config.agents.defaults.maxSteps).to.equal(8);
    const { revisions } = JSON.parse((await cli("config", "history", "--json")).stdout) as {
      revisions: { author: string }[];
    };
    expect(revisions[0]?.author).to.equal("token");
  });

  it("keeps a change that is confirmed", async () => {
    const set = await cli("config", "set", "agents.defaults.maxSteps", "8", "--confirm-within", "5m");
    expect(set.stdout).to.contain("confirm it with: openclaw config confirm");
    expect((await cli("config", "confirm")).stdout).to.equal("the change stays\n");
    const again = await cli("config", "confirm");
    expect(again.code).to.equal(1);
  });

  it("changes the file beside the gateway when that is how a wrong one is put right", async () => {
    gateway.write("{ gateway: { auth: { mode: 'tokn' } } }");
    await gateway.seen(({ problems }) => problems.length > 0);
    expect((await cli("config", "get", "gateway.auth.mode")).stderr).to.contain("must be one of");
    const set = await cli("config", "set", "gateway.auth.mode", "token");
    expect(set.stdout).to.contain("the gateway that runs takes it over by itself");
    await gateway.inForce();
  });
});
