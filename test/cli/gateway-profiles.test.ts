import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";
import { freePort } from "../support/free-port.ts";

/** A gateway as the commands tell about it. */
interface Told {
  readonly pid: number;
  readonly url: string;
}

/** What `gateway status --deep` says about others. */
interface Other {
  readonly profile?: string;
  readonly stateDir?: string;
  readonly pid?: number;
  readonly url?: string;
}

describe("profiles", function () {
  this.timeout(60_000);
  let home: CliHome;
  beforeEach(() => {
    home = new CliHome();
  });
  afterEach(() => home.remove());

  it("run three gateways at once; one is restarted, one is killed, and the third one notices nothing", async () => {
    const profiles = ["default", "work", "lab"];
    for (const profile of profiles) await home.configure(profile === "default" ? undefined : profile);
    const start = (profile: string) => home.read<Told>("--profile", profile, "gateway", "start");
    const started = await Promise.all(profiles.map(start));
    expect(new Set(started.map(({ pid }) => pid)).size).to.equal(3);
    expect(new Set(started.map(({ url }) => url)).size).to.equal(3);
    for (const profile of profiles) await home.cli("--profile", profile, "agent", "-m", `hello ${profile}`);

    const before = [await home.owner(), await home.owner(home.stateDir("work"))];
    await home.read<Told>("--profile", "work", "gateway", "restart");
    await home.kill(home.stateDir("lab"));

    expect((await home.owner(home.stateDir("work")))?.startTimeMs).not.to.equal(before[1]?.startTimeMs);
    expect(await home.owner()).to.deep.equal(before[0]);
    expect(await home.cli("--profile", "lab", "gateway", "health")).to.include({ code: 1 });
    expect(await home.cli("--profile", "lab", "gateway", "start")).to.include({ code: 0 });
    for (const profile of profiles) {
      const { stdout } = await home.cli("--profile", profile, "sessions", "history", "main", "--json");
      expect(stdout, profile).to.contain(`hello ${profile}`);
      for (const other of profiles) if (other !== profile) expect(stdout, profile).not.to.contain(`hello ${other}`);
    }
  });

  it("are told apart by --profile and by OPENCLAW_PROFILE alike", async () => {
    await home.configure("work");
    const { pid } = await home.read<Told>("--profile", "work", "gateway", "start");
    home.environment.OPENCLAW_PROFILE = "work";
    const status = await home.read("gateway", "status");
    expect(status).to.include({ profile: "work", stateDir: home.stateDir("work"), reachable: true });
    expect(status).to.have.nested.property("process.pid", pid);
    expect(existsSync(home.stateDir())).to.equal(false);
  });

  it("--dev is the profile dev, on port 19001", async () => {
    const status = await home.read("--dev", "gateway", "status", "--no-probe");
    expect(status).to.deep.include({
      profile: "dev",
      stateDir: home.stateDir("dev"),
      port: { value: 19_001, source: "profile dev" },
    });
  });

  it("have names that can be part of a path", async () => {
    const { code, stderr } = await home.cli("--profile", "../other", "gateway", "status");
    expect(code).to.equal(78);
    expect(stderr).to.contain('--profile: must be lower-case letters, digits, - and _, at most 64, not "../other"');
  });

  it("cannot share a state folder, and the refusal names who has it", async () => {
    const port = await home.configure();
    const { pid } = await home.read<Told>("gateway", "start");
    home.environment.OPENCLAW_STATE_DIR = home.stateDir();
    const { code, stderr } = await home.cli("--profile", "work", "gateway", "run", "--port", "0");
    expect(code).to.equal(1);
    expect(stderr)
      .to.contain(`${home.stateDir()} is used by another gateway (process ${pid} at http://127.0.0.1:${port}`)
      .and.to.contain("choose another state directory");
  });

  it("cannot share a configuration file, and the refusal names who has it", async () => {
    await home.configure();
    const { pid } = await home.read<Told>("gateway", "start");
    home.environment.OPENCLAW_CONFIG_PATH = join(home.stateDir(), "openclaw.json");
    const { code, stderr } = await home.cli("--profile", "work", "gateway", "run", "--port", "0");
    expect(code).to.equal(1);
    expect(stderr)
      .to.contain(`openclaw.json is used by another gateway (process ${pid}`)
      .and.to.contain("a configuration file of its own");
  });

  it("on one port are told which of them has it, and what to type", async () => {
    const port = await home.configure();
    await home.configure("work", { gateway: { port } });
    const { pid } = await home.read<Told>("gateway", "start");
    const { code, stderr } = await home.cli("--profile", "work", "gateway", "run");
    expect(code).to.equal(1);
    expect(stderr)
      .to.contain(`cannot listen on 127.0.0.1 port ${port}: process ${pid}`)
      .and.to.contain("has it, the gateway of ~/.openclaw")
      .and.to.contain("stop that one with: openclaw --profile default gateway stop, or choose one with --port ");
  });

  it("stop their own gateway only, though another one answers where theirs would", async () => {
    const port = await home.configure();
    await home.configure("work", { gateway: { port } });
    const { pid } = await home.read<Told>("gateway", "start");
    expect(await home.read("--profile", "work", "gateway", "stop")).to.include({ running: false });
    expect((await home.owner())?.pid).to.equal(pid);
  });

  it("are found by status --deep", async () => {
    await home.configure("work");
    const { pid, url } = await home.read<Told>("--profile", "work", "gateway", "start");
    const { others } = await home.read<{ others: Other[] }>("gateway", "status", "--deep");
    expect(others).to.deep.include({ profile: "work", stateDir: home.stateDir("work"), pid, url });
  });

  it("status --deep finds a gateway whose state is in no profile", async () => {
    const port = await freePort();
    await home.configure("work", { gateway: { port } });
    home.environment.OPENCLAW_STATE_DIR = join(home.path, "elsewhere");
    home.environment.OPENCLAW_GATEWAY_PORT = String(port);
    const { pid, url } = await home.read<Told>("gateway", "start");
    for (const name of Object.keys(home.environment)) if (name !== "HOME") delete home.environment[name];
    const { others } = await home.read<{ others: Other[] }>("gateway", "status", "--deep");
    expect(others).to.deep.include({ pid, url });
    const { stdout } = await home.cli("gateway", "status", "--deep");
    expect(stdout).to.contain("other gateways on this host:").and.to.contain(url);
  });
});
