import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { freePort } from "../support/free-port.ts";
import { UserSystemd } from "../support/user-systemd.ts";

/** A gateway as the commands tell about it. */
interface Told {
  readonly pid: number;
  readonly url: string;
  readonly service: string;
}

describe("openclaw gateway as a systemd user service", function () {
  this.timeout(60_000);
  const unit = "openclaw-gateway.service";
  let folder: string;
  let home: string;
  let manager: UserSystemd;
  let port: number;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "openclaw-service-"));
    home = join(folder, "a da %n");
    mkdirSync(home);
    const started = await UserSystemd.start(home);
    if (started === undefined) this.skip();
    manager = started;
  });
  after(async () => {
    await manager?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  beforeEach(async () => {
    port = await freePort();
    configure({});
  });
  afterEach(async () => {
    await cli("gateway", "uninstall");
    rmSync(join(home, ".config", "systemd", "user", `${unit}.d`), { recursive: true, force: true });
  });

  const cli = (...words: readonly string[]) => manager.cli(words);
  const read = async <T = Told>(...words: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await cli(...words, "--json");
    if (code !== 0) throw new Error(`openclaw ${words.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  };
  const configure = (gateway: object) => {
    mkdirSync(join(home, ".openclaw"), { recursive: true });
    writeFileSync(join(home, ".openclaw", "openclaw.json"), JSON.stringify({ gateway: { port, ...gateway } }));
  };
  /** Waits until the service has the value; the test's time limit ends a wait in vain. */
  const until = async (property: string, wanted: string) => {
    while ((await manager.property(unit, property)) !== wanted) await sleep(50);
  };

  it("install starts it, ready when it answers", async () => {
    const { code, stdout } = await cli("gateway", "install");
    expect(code).to.equal(0);
    expect(stdout).to.contain(`the gateway runs as ${unit}`).and.to.contain(`http://127.0.0.1:${port}`);
    expect(await manager.property(unit, "ActiveState")).to.equal("active");
    expect(await manager.property(unit, "StatusText")).to.equal(`ready at http://127.0.0.1:${port}`);
    expect(await manager.property(unit, "UnitFileState")).to.equal("enabled");
    expect(await cli("gateway", "health")).to.include({ code: 0 });
  });

  it("install and start leave one alone that is as it should be", async () => {
    const { pid } = await read("gateway", "install");
    expect(await read<Told & { changed: boolean }>("gateway", "install")).to.include({ pid, changed: false });
    expect(await read<Told & { started: boolean }>("gateway", "start")).to.include({ pid, started: false });
  });

  it("install with other options restarts it with them", async () => {
    const { pid } = await read("gateway", "install");
    const other = await freePort();
    const told = await read("gateway", "install", "--port", String(other), "--memory", "1000", "--hardened");
    expect(told.url).to.equal(`http://127.0.0.1:${other}`);
    expect(told.pid).not.to.equal(pid);
    expect(await manager.property(unit, "MemoryMax")).to.equal(String(1000 * 1024 * 1024));
    expect(readFileSync(`/proc/${told.pid}/status`, "utf8")).to.match(/^NoNewPrivs:\s+1$/m);
  });

  it("install --no-start and --print do not start it", async () => {
    const { stdout } = await cli("gateway", "install", "--print");
    expect(stdout).to.match(/^ExecStart=/m);
    expect(await manager.property(unit, "LoadState")).to.equal("not-found");
    expect(await cli("gateway", "install", "--no-start")).to.include({ code: 0 });
    expect(await manager.property(unit, "ActiveState")).to.equal("inactive");
    expect(await cli("gateway", "start")).to.include({ code: 0 });
  });

  it("install refuses a configuration that only works in this shell", async () => {
    configure({ auth: { token: "$" + "{MY_TOKEN}" } });
    const { code, stderr } = await manager.cli(["gateway", "install"], { MY_TOKEN: "secret" });
    expect(code).to.equal(78);
    expect(stderr).to.contain("MY_TOKEN");
    writeFileSync(join(home, ".openclaw", ".env"), "MY_TOKEN=secret\n");
    expect(await cli("gateway", "install")).to.include({ code: 0 });
    expect(await cli("gateway", "health")).to.include({ code: 0 });
    rmSync(join(home, ".openclaw", ".env"));
  });

  it("install writes no secret, and says which it left out", async () => {
    const words = ["gateway", "install", "--no-start"];
    const { stderr } = await manager.cli(words, { OPENAI_API_KEY: "sk-secret", LANG: "C.UTF-8" });
    expect(stderr).to.contain(
      "OPENAI_API_KEY: set in this shell, and not for the service; put it into ~/.openclaw/.env",
    );
    const text = readFileSync(join(home, ".config", "systemd", "user", unit), "utf8");
    expect(text).to.contain("LANG=C.UTF-8").and.not.to.contain("secret");
  });

  it("install refuses a state folder that is not the profile's", async () => {
    const { code, stderr } = await manager.cli(["gateway", "install"], { OPENCLAW_STATE_DIR: join(folder, "other") });
    expect(code).to.equal(1);
    expect(stderr).to.contain("OPENCLAW_STATE_DIR").and.to.contain("--profile <name>");
  });

  it("a gateway whose state is elsewhere is none of the service's business", async () => {
    const { pid } = await read("gateway", "install");
    const other = { OPENCLAW_STATE_DIR: join(folder, "other") };
    expect(await manager.cli(["gateway", "stop"], other)).to.include({ code: 0 });
    expect(await manager.property(unit, "MainPID")).to.equal(String(pid));
  });

  it("start and restart say how to install", async () => {
    for (const command of ["start", "restart"]) {
      const { code, stderr } = await cli("gateway", command);
      expect(code).to.equal(1);
      expect(stderr).to.contain("not installed as a service").and.to.contain("openclaw gateway install");
    }
  });

  it("restart keeps the process, which is told to systemd", async () => {
    const before = await read("gateway", "install");
    expect(await read("gateway", "restart")).to.include({ restarted: true, inPlace: true, pid: before.pid });
    expect(await manager.property(unit, "MainPID")).to.equal(String(before.pid));
    await until("ActiveState", "active");
    expect(await manager.property(unit, "NRestarts")).to.equal("0");
  });

  it("systemctl reload restarts it in place", async () => {
    const { pid } = await read("gateway", "install");
    const startTimeMs = async () =>
      (await read<{ process: { startTimeMs: number } }>("gateway", "status")).process.startTimeMs;
    const before = await startTimeMs();
    expect(await manager.run("systemctl", "--user", "reload", unit)).to.include({ code: 0 });
    while ((await startTimeMs()) === before) await sleep(50);
    await until("ActiveState", "active");
    expect(await manager.property(unit, "MainPID")).to.equal(String(pid));
  });

  it("stop ends it and it stays so; stopping again is fine", async () => {
    await read("gateway", "install");
    for (let time = 0; time < 2; time += 1) {
      expect(await cli("gateway", "stop")).to.include({ code: 0, stderr: "" });
      expect(await manager.property(unit, "ActiveState")).to.equal("inactive");
    }
    expect(await manager.property(unit, "UnitFileState")).to.equal("enabled");
    await cli("gateway", "stop", "--disable");
    expect(await manager.property(unit, "UnitFileState")).to.equal("disabled");
  });

  it("stop gives active runs the grace it says, beyond the manager's patience", async () => {
    await read("gateway", "install");
    await manager.dropIn(unit, "[Service]\nTimeoutStopSec=1\n");
    const run = cli("agent", "-m", "/slow 250\none two three four five six seven eight nine ten eleven twelve");
    while (!(await read<{ runs: unknown[] }>("runs", "list", "--state", "running")).runs.length) await sleep(50);
    expect(await cli("gateway", "stop", "--grace", "60")).to.include({ code: 0 });
    expect(await manager.property(unit, "Result")).to.equal("success");
    expect((await run).stdout).to.contain("eleven twelve");
  });

  it("a gateway that was killed is started again", async () => {
    await manager.dropIn(unit, "[Service]\nRestartSec=0\n");
    const { pid } = await read("gateway", "install");
    process.kill(pid, "SIGKILL");
    await until("NRestarts", "1");
    await until("ActiveState", "active");
    expect((await read<{ service: { detail: string } }>("gateway", "status")).service.detail).to.equal(
      "restarted 1 times by systemd",
    );
  });

  it("a gateway that hangs is ended and started again", async () => {
    await manager.dropIn(unit, "[Service]\nRestartSec=0\nWatchdogSec=4\n");
    const { pid } = await read("gateway", "install");
    process.kill(pid, "SIGSTOP");
    await until("NRestarts", "1");
    await until("ActiveState", "active");
    expect(await manager.property(unit, "MainPID")).not.to.equal(String(pid));
  });

  it("a wrong configuration ends it for good, with exit code 78", async () => {
    await manager.dropIn(unit, "[Service]\nRestartSec=0\n");
    const { pid } = await read("gateway", "install");
    configure({ bind: "everywhere" });
    process.kill(pid, "SIGKILL");
    await until("ActiveState", "failed");
    expect(await manager.property(unit, "ExecMainStatus")).to.equal("78");
    const { code, stdout } = await cli("gateway", "status", "--no-probe");
    expect(code).to.equal(78);
    expect(stdout)
      .to.contain("failed: it ended with exit code 78")
      .and.to.match(/^wrong: gateway\.bind/m);
    expect((await cli("gateway", "start")).code).to.equal(78);
  });

  it("it leaves a healthy gateway alone that has its state folder", async () => {
    await cli("gateway", "install", "--no-start");
    const running = cli("gateway", "run");
    while (!(await read<{ reachable: boolean }>("gateway", "status")).reachable) await sleep(50);
    const { stdout } = await cli("gateway", "start");
    expect(stdout).to.contain("the gateway runs already, not as a service");
    await manager.run("systemctl", "--user", "start", unit);
    expect(await manager.property(unit, "ExecMainStatus")).to.equal("78");
    expect(await read("gateway", "restart")).to.include({ inPlace: true });
    expect(await cli("gateway", "stop")).to.include({ code: 0 });
    expect((await running).code).to.equal(0);
  });

  it("status names a program that is gone", async () => {
    await cli("gateway", "install", "--no-start");
    const path = join(home, ".config", "systemd", "user", unit);
    writeFileSync(path, readFileSync(path, "utf8").replace(/^ExecStart=\S+/m, "ExecStart=/opt/old/node"));
    expect((await cli("gateway", "status", "--no-probe")).stdout).to.contain("/opt/old/node is not there any more");
  });

  it("profiles have services of their own", async () => {
    const first = await read("gateway", "install");
    const port2 = String(await freePort());
    const second = await read("--profile", "work", "gateway", "install", "--port", port2);
    expect(second.service).to.equal("openclaw-gateway-work.service");
    await read("gateway", "stop");
    expect(await read<{ process: Told }>("--profile", "work", "gateway", "status")).to.have.nested.property(
      "process.pid",
      second.pid,
    );
    expect(first.url).not.to.equal(second.url);
    expect(await cli("--profile", "work", "gateway", "uninstall")).to.include({ code: 0 });
  });

  it("uninstall removes it and keeps its state", async () => {
    await read("gateway", "install");
    const { stdout } = await cli("gateway", "uninstall");
    expect(stdout).to.equal(`removed ${unit}; everything it knows is still in ~/.openclaw\n`);
    expect(await manager.property(unit, "LoadState")).to.equal("not-found");
    expect(readFileSync(join(home, ".openclaw", "gateway.token"), "utf8")).to.match(/^ocg_/);
    expect((await cli("gateway", "uninstall")).stdout).to.equal("no service is installed\n");
  });
});
