import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { freePort } from "../support/free-port.ts";
import { UserSystemd } from "../support/user-systemd.ts";

interface Finding {
  readonly check: string;
  readonly severity: string;
  readonly subject: string;
  readonly reason: string;
  readonly repaired?: string;
}

describe("openclaw doctor, with a systemd user service", function () {
  this.timeout(60_000);
  let folder: string;
  let manager: UserSystemd;
  let unit: string;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "openclaw-doctor-"));
    const home = join(folder, "home");
    mkdirSync(join(home, ".openclaw"), { recursive: true, mode: 0o700 });
    const config = { gateway: { port: await freePort() } };
    writeFileSync(join(home, ".openclaw", "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
    const started = await UserSystemd.start(home);
    if (started === undefined) this.skip();
    manager = started;
    unit = join(home, ".config", "systemd", "user", "openclaw-gateway.service");
  });
  after(async () => {
    await manager?.cli(["gateway", "uninstall"]);
    await manager?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const ofService = async (...words: string[]): Promise<Finding[]> => {
    const { stdout, stderr } = await manager.cli(["doctor", ...words, "--json"]);
    if (stdout === "") throw new Error(stderr);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    return findings.filter(({ check }) => check === "service");
  };

  it("finds nothing in a service as it is installed, whatever its options were", async () => {
    const { code, stderr } = await manager.cli(["gateway", "install", "--memory", "2048", "--hardened"]);
    expect(code, stderr).to.equal(0);
    expect(await ofService()).to.deep.equal([]);
  });

  it("finds a definition that is not what would be installed, and writes it anew with the options it had", async () => {
    const installed = readFileSync(unit, "utf8");
    writeFileSync(unit, installed.replace("WatchdogSec=60", "WatchdogSec=600"));
    const [drift] = await ofService();
    expect(drift).to.include({ severity: "warning", subject: unit });
    const [repaired] = await ofService("--fix");
    expect(repaired?.repaired).to.contain("was written anew");
    expect(readFileSync(unit, "utf8")).to.equal(installed);
    expect(await ofService()).to.deep.equal([]);
  });

  it("finds a service that starts with the machine and does not run", async () => {
    await manager.cli(["gateway", "stop"]);
    const [stopped] = await ofService();
    expect(stopped).to.include({ severity: "warning", subject: "openclaw-gateway.service" });
    expect(stopped?.reason).to.contain("does not run now");
  });
});
