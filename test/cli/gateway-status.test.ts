/** `openclaw gateway status` beside a gateway that runs in a terminal. */

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";

interface Status {
  readonly logs: string;
  readonly certificateFingerprint?: string;
  readonly config: { readonly valid: boolean; readonly problems: readonly string[] };
  readonly bind: { readonly source: string };
}

describe("openclaw gateway status", function () {
  this.timeout(60_000);
  let home: CliHome;
  const config = { gateway: { bind: "loopback", tls: { enabled: true } }, logging: { level: "debug" } };

  before(async () => {
    home = new CliHome();
    const port = await home.configure(undefined, config);
    await home.start("gateway", "run").written("is ready");
    Object.assign(config.gateway, { port });
  });
  after(() => home.remove());

  it("names the log of a gateway in a terminal, which is not that of one in the background", async () => {
    const { logs } = await home.read<Status>("gateway", "status");
    const file = readdirSync(join(home.stateDir(), "logs")).sort().at(-1) ?? "";
    expect(logs)
      .to.equal(join(home.stateDir(), "logs", file))
      .and.match(/openclaw-\d{4}-\d\d-\d\d\.log$/);
    expect((await home.cli("gateway", "status")).stdout).to.match(/^logs +~\/\.openclaw\/logs\/openclaw-[\d-]+\.log$/m);
    expect((await home.cli("gateway", "start")).stdout).not.to.contain("gateway.log");
  });

  it("shows the SHA-256 of the certificate", async () => {
    const { certificateFingerprint = "" } = await home.read<Status>("gateway", "status");
    expect(certificateFingerprint).to.match(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
    const { stdout } = await home.cli("gateway", "status");
    expect(stdout).to.match(new RegExp(`^certificate +SHA-256 ${certificateFingerprint}$`, "m"));
  });

  it("takes the gateway's word for what is in force, and says where it comes from", async () => {
    const { config: found, bind } = await home.read<Status>("gateway", "status");
    expect(found.valid).to.equal(true);
    expect(bind.source).to.equal("gateway.bind");
  });

  it("checks what the gateway has not taken, itself", async () => {
    const path = join(home.stateDir(), "openclaw.json");
    writeFileSync(path, JSON.stringify({ ...config, logging: { level: "loud" } }));
    const { code, stdout } = await home.cli("gateway", "status", "--json");
    writeFileSync(path, JSON.stringify(config));
    expect(code).to.equal(78);
    const { config: found } = JSON.parse(stdout) as Status;
    expect(found.problems.join()).to.contain("logging.level: must be one of");
  });
});
