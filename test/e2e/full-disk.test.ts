import { execFileSync, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Gateway_State as State } from "../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { failureOf } from "../support/wires.ts";

describe("a gateway whose disk takes nothing more", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  let client: GatewayClient;

  before(async function () {
    if (spawnSync("prlimit", ["--version"]).status !== 0) return this.skip();
    gateway = await startGatewayProcess();
    client = createGatewayClient({ url: gateway.url, token: gateway.token });
  });
  after(async () => {
    if (gateway === undefined) return;
    await gateway.kill();
    await removeHome(gateway.home);
  });

  const limitFiles = (bytes: string) => execFileSync("prlimit", ["--pid", String(gateway.pid), `--fsize=${bytes}:`]);
  const described = async () => (await client.gateway.getGateway({})).gateway;
  const readiness = async () => {
    const response = await fetch(`${gateway.url}/readyz`);
    return { status: response.status, body: (await response.json()) as { status: string; reason?: string } };
  };

  it("says that it is read-only, and why, and is ready again by itself when the disk is", async () => {
    expect(await readiness()).to.deep.equal({ status: 200, body: { ok: true, status: "ready" } });
    limitFiles("1");
    const told = await failureOf(client.sessions.createSession({ sessionId: "refused" }));
    expect(told.reasons).to.deep.equal(["READ_ONLY"]);
    expect(await described()).to.include({ state: State.READ_ONLY });
    expect((await described())?.stateReason).to.contain("openclaw.db");
    const { status, body } = await readiness();
    expect([status, body.status]).to.deep.equal([503, "readOnly"]);
    expect((await client.sessions.listSessions({})).sessions.map(({ name }) => name)).to.deep.equal(["sessions/main"]);
    limitFiles("unlimited");
    while ((await described())?.state !== State.READY) await sleep(20);
    expect((await readiness()).status).to.equal(200);
    await client.sessions.createSession({ sessionId: "taken" });
  });
});
