import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";
import { freePort } from "../support/free-port.ts";
import { startGatewayProcess } from "../support/gateway-process.ts";

/** A gateway as the commands tell about it. */
interface Told {
  readonly pid: number;
  readonly url: string;
  readonly manager: string;
  readonly logs: string;
}

describe("openclaw gateway start, stop and restart, without a service manager", function () {
  this.timeout(60_000);
  let home: CliHome;
  let port: number;
  beforeEach(async () => {
    home = new CliHome();
    port = await home.configure();
  });
  afterEach(() => home.remove());

  it("start leaves a gateway behind that answers", async () => {
    const { code, stdout } = await home.cli("gateway", "start");
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^the gateway runs$/m)
      .and.to.contain(`http://127.0.0.1:${port}`);
    expect(await home.cli("gateway", "health")).to.include({ code: 0 });
  });

  it("start leaves one alone that runs", async () => {
    const first = await home.read<Told & { started: boolean }>("gateway", "start");
    const second = await home.read<Told & { started: boolean }>("gateway", "start");
    expect([first.started, second.started]).to.deep.equal([true, false]);
    expect(second.pid).to.equal(first.pid);
  });

  it("two starts at once are one", async () => {
    const starts = await Promise.all([1, 2].map(() => home.read<Told>("gateway", "start")));
    expect(new Set(starts.map(({ pid }) => pid)).size).to.equal(1);
    expect((await home.owner())?.pid).to.equal(starts[0]?.pid);
    await home.cli("gateway", "stop");
    expect(await home.owner()).to.equal(undefined);
    const again = await home.cli("gateway", "start");
    expect(again).to.include({ code: 0 });
    expect(again.stdout).to.match(/^logs +~\/\.openclaw\/logs\/gateway\.log$/m);
  });

  it("start keeps the log in the state folder, for its owner alone", async () => {
    const { logs, manager } = await home.read<Told>("gateway", "start");
    expect([logs, manager]).to.deep.equal([join(home.stateDir(), "logs", "gateway.log"), "none"]);
    expect(statSync(logs).mode & 0o777).to.equal(0o600);
    while (!readFileSync(logs, "utf8").includes('"ready"')) await new Promise((resolve) => setTimeout(resolve, 10));
    const ready = readFileSync(logs, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .find(({ message }) => message === "ready");
    expect(ready.fields.pid).to.equal((await home.owner())?.pid);
    expect(ready.fields.urls).to.include(`http://127.0.0.1:${port}`);
  });

  it("start says what is wrong with the configuration, and exits with 78", async () => {
    await home.configure(undefined, { gateway: { bind: "everywhere" } });
    const { code, stderr } = await home.cli("gateway", "start");
    expect(code).to.equal(78);
    expect(stderr).to.contain("gateway.bind");
    expect(existsSync(join(home.stateDir(), "logs"))).to.equal(false);
  });

  it("start shows why the gateway ended, and exits with 1", async () => {
    const other = createServer().listen(port, "127.0.0.1");
    try {
      const { code, stderr } = await home.cli("gateway", "start");
      expect(code).to.equal(1);
      expect(stderr)
        .to.contain("the gateway ended with exit code 1")
        .and.to.contain(`process ${process.pid}`)
        .and.to.contain(`kill ${process.pid}`)
        .and.to.contain(`--port ${port + 20}`);
    } finally {
      other.close();
    }
  });

  it("stop ends what start began, and repeating it is fine", async () => {
    const { url } = await home.read<Told>("gateway", "start");
    expect(await home.read("gateway", "stop")).to.deep.equal({ url, running: true, stopped: true, activeRuns: 0 });
    expect(await home.owner()).to.equal(undefined);
    const { code, stdout } = await home.cli("gateway", "stop");
    expect([code, stdout]).to.deep.equal([0, `no gateway runs at http://127.0.0.1:${port}\n`]);
  });

  it("stop ends a gateway in another terminal, which exits with 0", async () => {
    const run = home.start("gateway", "run");
    await run.written("is ready");
    expect(await home.cli("gateway", "stop")).to.include({ code: 0, stderr: "" });
    expect((await run.result).code).to.equal(0);
  });

  it("stop ends a gateway whose credential it does not have, by a signal", async () => {
    await home.cli("gateway", "start");
    writeFileSync(join(home.stateDir(), "gateway.token"), `oc_tok_${"x".repeat(43)}\n`);
    const stopped = await home.read("gateway", "stop");
    expect(stopped).to.include({ running: true, stopped: true }).and.not.to.have.property("activeRuns");
    expect(await home.owner()).to.equal(undefined);
  });

  it("stop works with a configuration that is broken by now", async () => {
    await home.cli("gateway", "start");
    writeFileSync(join(home.stateDir(), "openclaw.json"), "{ gateway: ");
    expect(await home.cli("gateway", "stop")).to.include({ code: 0 });
    expect(await home.owner()).to.equal(undefined);
  });

  it("stop touches nothing a crash left behind", async () => {
    await home.cli("gateway", "start");
    await home.kill();
    writeFileSync(
      join(home.stateDir(), "gateway.lock.json"),
      JSON.stringify({ pid: process.pid, startTimeMs: 1, url: `http://127.0.0.1:${port}` }),
    );
    expect(await home.read("gateway", "stop")).to.include({ running: false, stopped: true });
  });

  it("stop --force ends a gateway that does not react", async () => {
    const { pid } = await home.read<Told>("gateway", "start");
    process.kill(pid, "SIGSTOP");
    expect(await home.cli("gateway", "stop", "--force", "--timeout", "200")).to.include({ code: 0 });
    expect(await home.owner()).to.equal(undefined);
  });

  it("stop --force and --disable are for this machine", async () => {
    const { code, stderr } = await home.cli(
      "gateway",
      "stop",
      "--force",
      "--url",
      "http://127.0.0.1:1",
      "--token",
      "t",
    );
    expect(code).to.equal(2);
    expect(stderr).to.contain("--force is for the gateway of this machine");
  });

  it("restart keeps the process and the port, and the gateway is a new one", async () => {
    const before = await home.read<Told>("gateway", "start");
    const { startTimeMs = 0 } = (await home.owner()) ?? {};
    const after = await home.read<Told>("gateway", "restart");
    expect(after).to.include({ restarted: true, started: false, inPlace: true, url: before.url, pid: before.pid });
    expect((await home.owner())?.startTimeMs).to.be.greaterThan(startTimeMs);
  });

  it("restart replaces a gateway of another version by a new process", async () => {
    const other = await startGatewayProcess({ home: home.path });
    home.environment.OPENCLAW_STATE_DIR = join(home.path, "state");
    home.environment.OPENCLAW_CONFIG_PATH = join(home.path, "openclaw.json");
    const after = await home.read<Told>("gateway", "restart");
    expect(after).to.include({ restarted: true, inPlace: false });
    expect(after.pid).not.to.equal(other.pid);
    expect(await other.exited).to.equal(0);
  });

  it("restart waits for the pause after another restart, unless it is forced", async () => {
    await home.configure(undefined, { gateway: { port }, commands: { restartCooldownSeconds: 3_600 } });
    await home.cli("gateway", "start");
    await home.cli("gateway", "restart");
    const waiting = home.start("gateway", "restart");
    await waiting.written("--force does it now", "stderr");
    expect((await home.cli("gateway", "status")).stdout).to.match(/^restart +due: openclaw gateway restart/m);
    expect(await home.read("gateway", "restart", "--force")).to.include({ inPlace: true });
    expect(await waiting.result).to.include({ code: 0 });
  });

  it("restart is about this machine, whichever gateway the environment names", async () => {
    await home.configure("work");
    const work = await home.read<Told>("--profile", "work", "gateway", "start");
    await home.read<Told>("gateway", "start");
    const before = [await home.owner(), await home.owner(home.stateDir("work"))];
    home.environment.OPENCLAW_GATEWAY_URL = work.url;
    home.environment.OPENCLAW_GATEWAY_TOKEN = readFileSync(join(home.stateDir("work"), "gateway.token"), "utf8").trim();
    await home.read<Told>("gateway", "restart");
    expect(await home.owner()).not.to.deep.equal(before[0]);
    expect(await home.owner(home.stateDir("work"))).to.deep.equal(before[1]);
  });

  it("restart starts a gateway that does not run", async () => {
    expect(await home.read("gateway", "restart")).to.include({ restarted: false, started: true });
    expect(await home.owner()).to.have.property("url", `http://127.0.0.1:${port}`);
  });

  it("restart of a gateway in another terminal is in place, too", async () => {
    const run = home.start("gateway", "run");
    await run.written("is ready");
    const { logs, ...told } = await home.read<Told>("gateway", "restart");
    expect(told).to.include({ inPlace: true, pid: run.child.pid });
    expect(readFileSync(logs, "utf8")).to.contain('"message":"restarted"');
  });

  it("restart does not stop a gateway for a configuration that is wrong", async () => {
    const { pid } = await home.read<Told>("gateway", "start");
    await home.configure(undefined, { gateway: { port: "many" } });
    expect((await home.cli("gateway", "restart")).code).to.equal(78);
    expect((await home.owner())?.pid).to.equal(pid);
  });

  it("restart takes a new configuration into use", async () => {
    // The gateway would notice the change as well, and move while it is asked.
    const deaf = { gateway: { reload: { mode: "off" } } };
    await home.configure(undefined, deaf);
    await home.cli("gateway", "start");
    const moved = await home.configure(undefined, deaf);
    expect(await home.read("gateway", "restart")).to.include({ url: `http://127.0.0.1:${moved}` });
  });

  it("restart --safe lets the active run end", async () => {
    await home.cli("gateway", "start");
    const run = home.start("agent", "-m", "/slow 100\none two three four five");
    await run.written("two");
    expect(await home.cli("gateway", "restart", "--safe")).to.include({ code: 0 });
    expect(await run.result).to.include({ code: 0, stdout: "one two three four five\n" });
  });

  it("restart --force interrupts the active run, which goes on afterwards", async () => {
    await home.cli("gateway", "start");
    const run = home.start("agent", "-m", "/slow 300\none two three four five");
    await run.written("two");
    expect(await home.cli("gateway", "restart", "--force")).to.include({ code: 0 });
    expect(await run.result).to.include({ code: 0 });
    const { stdout } = await home.cli("sessions", "history", "main", "--json");
    expect(stdout.match(/one two three four five/g)).to.have.length(2);
  });

  it("restart --wait 0 waits until no run is active", async () => {
    await home.cli("gateway", "start");
    const run = home.start("agent", "-m", "/slow 100\none two three");
    await run.written("one");
    expect(await home.cli("gateway", "restart", "--wait", "0")).to.include({ code: 0 });
    expect(await run.result).to.include({ code: 0, stdout: "one two three\n" });
  });

  for (const [words, message] of [
    [["--safe", "--force"], "--safe and --force contradict each other"],
    [["--wait", "5m", "--safe"], "--safe and --wait contradict each other"],
    [["--skip-deferral"], "--skip-deferral needs --safe"],
    [["--wait", "soon"], '--wait is "soon"'],
  ] as const) {
    it(`restart ${words.join(" ")} is wrong usage`, async () => {
      const { code, stderr } = await home.cli("gateway", "restart", ...words);
      expect(code).to.equal(2);
      expect(stderr).to.contain(message);
    });
  }

  for (const command of ["start", "restart", "install", "uninstall"]) {
    it(`${command} is about this machine`, async () => {
      const { code, stderr } = await home.cli("gateway", command, "--url", "http://127.0.0.1:1", "--token", "t");
      expect(code).to.equal(78);
      expect(stderr).to.contain(`--url: has no meaning for gateway ${command}`);
    });
  }

  it("install says that there is nothing to install with, and uninstall that nothing is installed", async () => {
    const { code, stderr } = await home.cli("gateway", "install");
    expect(code).to.equal(1);
    expect(stderr).to.contain("there is no service manager").and.to.contain("openclaw gateway start");
    expect(await home.cli("gateway", "uninstall")).to.deep.equal({
      code: 0,
      stdout: "no service is installed\n",
      stderr: "",
    });
  });

  it("install --print writes the unit for another host, and nothing else", async function () {
    if (process.platform !== "linux") this.skip();
    const { code, stdout } = await home.cli("gateway", "install", "--print");
    expect(code).to.equal(0);
    expect(stdout).to.contain(`ExecStart=${process.execPath} `).and.to.contain("\nType=notify\n");
    expect(existsSync(join(home.path, ".config"))).to.equal(false);
  });

  it("start does not speak for a service it is part of", async () => {
    home.environment.NOTIFY_SOCKET = join(home.path, "notify");
    const { logs } = await home.read<Told>("gateway", "start");
    expect(readFileSync(logs, "utf8")).not.to.contain("systemd could not be told");
  });

  it("run says when it cannot tell systemd how it is", async function () {
    if (spawnSync("systemd-notify", ["--version"]).status !== 0) this.skip();
    home.environment.NOTIFY_SOCKET = join(home.path, "nobody listens here");
    const run = home.start("gateway", "run");
    await run.written("systemd could not be told how the gateway is", "stderr");
  });

  it("a gateway on another port than the configured one is found by every command", async () => {
    const elsewhere = await freePort();
    const run = home.start("gateway", "run", "--port", String(elsewhere));
    await run.written("is ready");
    const status = await home.read("gateway", "status");
    expect(status).to.include({
      url: `http://127.0.0.1:${elsewhere}`,
      urlSource: "the running gateway",
      reachable: true,
    });
  });

  it("run --log-file writes the log there, and nothing to standard error", async () => {
    const path = join(home.path, "my logs", "gateway.log");
    const run = home.start("gateway", "run", "--log-file", path);
    while ((await home.owner())?.url === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await home.read("gateway", "status")).to.include({ logs: path });
    await home.cli("gateway", "stop");
    const { code, stderr, stdout } = await run.result;
    expect([code, stderr, stdout]).to.deep.equal([0, "", ""]);
    expect(readFileSync(path, "utf8")).to.contain('"message":"stopped"');
  });
});
