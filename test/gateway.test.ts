/** The gateway as what outlives its rooms, in this process. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createGatewayClient, Gateway_State, type GatewayClient } from "../src/client/gateway-client.ts";
import { type LoadedConfig, loadConfig } from "../src/config/load-config.ts";
import { type Gateway, startGateway } from "../src/gateway.ts";
import { systemClock } from "../src/lib/clock.ts";
import { showingLog } from "../src/lib/log/json-log.ts";
import { until } from "./support/until.ts";

const token = "oc_tok_test-test-test-test-test-test-test-test";

describe("a gateway that restarts in this process", () => {
  let home: string;
  let gateway: Gateway;
  let client: GatewayClient;
  let phases: string[];
  let reloads: number;
  /** What is found on disk at a reload, by its number. */
  let found: (number: number) => LoadedConfig | undefined;
  /** Done when the rooms are about to be closed: the disk has been read. */
  let reloading: () => void;
  let other: Server | undefined;

  async function read(section: object = {}): Promise<LoadedConfig> {
    const quiet = { logging: { level: "silent", consoleLevel: "silent" }, commands: { restartCooldownSeconds: 0 } };
    const text = JSON.stringify({ ...quiet, gateway: { port: 0, auth: { token }, ...section } });
    mkdirSync(join(home, ".openclaw"), { recursive: true });
    writeFileSync(join(home, ".openclaw", "openclaw.json"), text, { mode: 0o600 });
    return loadConfig({ environment: {}, home });
  }

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "openclaw-gateway-"));
    phases = [];
    reloads = 0;
    found = () => undefined;
    reloading = () => {};
    const loaded = await read({ reload: { mode: "off" } });
    gateway = await startGateway({
      loaded,
      reload: async () => {
        reloads += 1;
        return found(reloads) ?? loaded;
      },
      flags: {},
      version: "0.0.0-test",
      log: showingLog("silent", systemClock),
      onRestart: (phase) => {
        phases.push(phase);
        if (phase === "reloading") reloading();
      },
    });
    client = createGatewayClient({ url: gateway.urls[0] ?? "", token });
  });
  afterEach(async () => {
    await gateway.stop(0, "the test is over");
    other?.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  });

  const done = () => until(() => phases.at(-1) === "ready", "it has restarted");

  it("keeps its address, though it asked for any free port", async () => {
    const { urls } = gateway;
    await gateway.restart("test");
    await done();
    expect(gateway.urls).to.deep.equal(urls);
    expect(phases).to.deep.equal(["reloading", "ready"]);
  });

  it("takes what is on disk when runs have ended, not what was there when it was asked", async () => {
    const later = await read({ reload: { mode: "off" }, allowedHosts: ["later.example"] });
    found = (number) => (number >= 3 ? later : undefined);
    await gateway.restart("test");
    await done();
    expect(gateway.resolved.allowedHosts).to.deep.equal(["later.example"]);
  });

  it("restarts once more when it is asked to after it has read the disk", async () => {
    const later = await read({ reload: { mode: "off" }, allowedHosts: ["later.example"] });
    reloading = () => {
      reloading = () => {};
      found = () => later;
      void gateway.restart("written later");
    };
    await gateway.restart("test");
    await until(() => phases.length === 4, "it has restarted twice");
    expect(gateway.resolved.allowedHosts).to.deep.equal(["later.example"]);
  });

  it("goes on with the old configuration when the new one does not open, and says why", async () => {
    other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other?.once("listening", resolve));
    const taken = await read({ reload: { mode: "off" }, port: (other.address() as AddressInfo).port });
    found = (number) => (number >= 3 ? taken : undefined);
    const { urls } = gateway;
    await gateway.restart("test");
    await done();
    expect(gateway.urls).to.deep.equal(urls);
    const { gateway: told } = await client.gateway.getGateway({});
    expect(told).to.deep.include({ state: Gateway_State.READY, restartReason: "" });
    expect(told?.restartRefusal).to.contain("another program has it");
  });

  it("answers every call that is made while it restarts", async () => {
    const calls: Promise<unknown>[] = [];
    let open = 0;
    await gateway.restart("test");
    while (phases.at(-1) !== "ready") {
      // Far fewer connections than the gateway takes, however often this comes round.
      if (open < 50) {
        open += 1;
        calls.push(client.gateway.getGateway({}).finally(() => (open -= 1)));
      }
      await new Promise(setImmediate);
    }
    expect(await Promise.all(calls)).to.have.length.above(1);
  });

  it("stops while it restarts, and does not come back", async () => {
    await gateway.restart("test");
    await gateway.stop(0, "enough");
    await gateway.stopped;
    const failed = await fetch(`${gateway.urls[0]}/healthz`).catch(() => "refused");
    expect(failed).to.equal("refused");
  });
});
