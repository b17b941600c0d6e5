/** A gateway that crashes again and again: it starts with its API alone, says so everywhere, and recovers by itself. */

import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { createGatewayClient, Gateway_State, type GatewayClient } from "../../src/client/gateway-client.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startGateway } from "../../src/gateway.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { showingLog } from "../../src/lib/log/json-log.ts";
import { CliHome } from "../support/cli-home.ts";
import type { CliRun } from "../support/run-cli.ts";

describe("a gateway that crashes again and again", function () {
  this.timeout(120_000);
  let home: CliHome;
  let run: CliRun;
  let port: number;

  beforeEach(async () => {
    home = new CliHome();
    port = await home.configure();
  });
  afterEach(() => home.remove());

  async function start(): Promise<void> {
    run = home.start("gateway", "run");
    await run.written("is ready");
  }

  async function crash(): Promise<void> {
    run.child.kill("SIGKILL");
    await run.result;
  }

  function boots(): number[] {
    return JSON.parse(readFileSync(join(home.stateDir(), "boots.json"), "utf8")).unclean;
  }

  function client(): GatewayClient {
    const token = readFileSync(join(home.stateDir(), "gateway.token"), "utf8").trim();
    return createGatewayClient({ url: `http://127.0.0.1:${port}`, token });
  }

  it("starts in safe mode after three crashes, says so, and still turns runs", async () => {
    for (let crashes = 0; crashes < 3; crashes += 1) {
      await start();
      expect((await client().gateway.getGateway({})).gateway?.safeMode).to.equal(undefined);
      await crash();
    }
    await start();
    const { gateway } = await client().gateway.getGateway({});
    expect(gateway?.state).to.equal(Gateway_State.READY);
    expect(gateway?.stateReason).to.contain("crashed 3 times within 5 minutes");
    expect(Number(gateway?.safeMode?.untilTime?.seconds)).to.be.greaterThan(Date.now() / 1_000);
    expect(run.stderr).to.contain("channels and jobs are held back");
    for (const command of ["health", "status"])
      expect((await home.cli("gateway", command)).stdout).to.contain("channels and jobs are held back");
    const ready = await (await fetch(`http://127.0.0.1:${port}/readyz`)).json();
    expect(ready).to.include({ ok: true, status: "ready" });
    expect(ready.reason).to.contain("crashed 3 times");
    expect(await home.cli("agent", "-m", "hello")).to.include({ code: 0, stdout: "hello\n" });
  });

  it("holds nothing back any more when the crashes are five minutes ago, and records that", async () => {
    const quiet = { logging: { level: "silent", consoleLevel: "silent" }, gateway: { port } };
    await home.configure(undefined, quiet);
    const loaded = await loadConfig({ environment: {}, home: home.path });
    const log = showingLog("silent", systemClock);
    // How long safe mode lasts here; longer where the gateway takes longer to start.
    for (let leftMs = 2_000, seen = false; !seen; leftMs *= 3) {
      const firstMs = Date.now() - 300_000 + leftMs;
      const unclean = [firstMs, firstMs + 1, firstMs + 2];
      writeFileSync(join(home.stateDir(), "boots.json"), JSON.stringify({ unclean }));
      const gateway = await startGateway({ loaded, reload: async () => loaded, flags: {}, version: "0.0.0-test", log });
      try {
        let told = await allTold();
        while (told.at(-1)?.safeMode !== undefined) told = await allTold();
        const reason = told.find(({ safeMode }) => safeMode)?.safeMode?.reason;
        seen = reason !== undefined;
        if (seen) expect(reason).to.contain("crashed 3 times");
        expect([told.at(-1)?.state, told.at(-1)?.stateReason]).to.deep.equal([Gateway_State.READY, ""]);
        expect((await client().gateway.getGateway({})).gateway?.safeMode).to.equal(undefined);
      } finally {
        await gateway.stop(0, "the test is over");
      }
    }
  });

  /** What the events say about the gateway, oldest first. */
  async function allTold() {
    const { events } = await client().events.listEvents({ subjects: ["gateway"], pageSize: 100 });
    return events.flatMap(({ resource }) => (resource.case === "gateway" ? [resource.value] : []));
  }

  it("counts no stop, no restart in place, and no start that failed because somebody has to put something right", async () => {
    await start();
    expect(boots()).to.have.length(1);
    await home.cli("gateway", "restart");
    expect(boots()).to.have.length(1);
    run.child.kill("SIGTERM");
    await run.result;
    expect(boots()).to.deep.equal([]);
    await home.configure(undefined, { gateway: { port: "many" } });
    expect((await home.cli("gateway", "run")).code).to.equal(78);
    expect(boots()).to.deep.equal([]);
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    try {
      await home.configure(undefined, { gateway: { port: (other.address() as { port: number }).port } });
      expect((await home.cli("gateway", "run")).code).to.equal(1);
      expect(boots()).to.deep.equal([]);
    } finally {
      other.close();
    }
  });
});
