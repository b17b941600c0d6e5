import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { freePort } from "../support/free-port.ts";
import { UserSystemd } from "../support/user-systemd.ts";

describe("openclaw onboard, with a systemd user manager", function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  let manager: UserSystemd;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "openclaw-onboard-"));
    home = join(folder, "home");
    mkdirSync(home, { mode: 0o700 });
    const started = await UserSystemd.start(home);
    if (started === undefined) this.skip();
    manager = started;
  });
  after(async () => {
    await manager?.cli(["gateway", "uninstall"]);
    await manager?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it("installs and starts the service, and the agent answers", async () => {
    const port = await freePort();
    const words = ["--gateway-port", String(port), "--message", "are you there?", "--json"];
    const { code, stdout, stderr } = await manager.cli(["onboard", "--non-interactive", "--accept-risk", ...words]);
    expect(code, stderr).to.equal(0);
    const told = JSON.parse(stdout);
    expect(told.answer).to.equal("are you there?");
    expect(told.gateway.url).to.equal(`http://127.0.0.1:${port}`);
    expect(existsSync(join(home, ".config", "systemd", "user", "openclaw-gateway.service"))).to.equal(true);
    const status = JSON.parse((await manager.cli(["gateway", "status", "--json"])).stdout);
    expect(status.service).to.include({ manager: "systemd", state: "running", pid: told.gateway.pid });
  });
});
