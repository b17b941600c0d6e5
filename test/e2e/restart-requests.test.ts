/** Restarts in place as they are asked for over the wire, and what callers notice of them. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import {
  createGatewayClient,
  Gateway_State,
  type GatewayClient,
  CreateRunRequest_QueueMode as QueueMode,
  Run_State as State,
} from "../../src/client/gateway-client.ts";
import { expectFailure } from "../support/expect-failure.ts";
import { restartPlaces } from "../support/fault-places.ts";
import { type GatewayProcess, removeHome, startGatewayProcess, testToken } from "../support/gateway-process.ts";

const parent = "sessions/main";
const parts = (value: string) => [{ kind: { case: "text" as const, value } }];
const quick = { commands: { restartCooldownSeconds: 0 } };

describe("asking for a restart", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  let client: GatewayClient;

  async function start(config: Record<string, unknown> = quick, more: { environment?: Record<string, string> } = {}) {
    gateway = await startGatewayProcess({ config, ...more });
    client = createGatewayClient({ url: gateway.url, token: gateway.token });
  }

  afterEach(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  /** What is to be found on disk at the next restart. */
  function rewrite(config: Record<string, unknown>): void {
    const { gateway: section = {}, ...rest } = config as { gateway?: object };
    const whole = { gateway: { port: 0, auth: { token: testToken }, ...section }, ...rest };
    writeFileSync(join(gateway.home, "openclaw.json"), JSON.stringify(whole));
  }

  async function startTimeMs(): Promise<number> {
    const { gateway: told } = await client.gateway.getGateway({});
    return told?.startTime === undefined ? 0 : timestampMs(told.startTime);
  }

  async function restartedSince(beforeMs: number): Promise<void> {
    while ((await startTimeMs()) <= beforeMs);
  }

  /** Restarts, and resolves when that is done. */
  async function restart(request: Parameters<GatewayClient["gateway"]["shutDown"]>[0] = {}): Promise<void> {
    const before = await startTimeMs();
    await client.gateway.shutDown({ restart: true, ...request });
    await restartedSince(before);
  }

  /** A run that speaks for longer than any test takes; resolves when it has begun. */
  async function startLong(): Promise<string> {
    const { run } = await client.runs.createRun({ parent, parts: parts(`/slow 100\n${"word ".repeat(2_000)}`) });
    for await (const step of client.followRun(run?.name ?? "")) if (step.kind === "append") break;
    return run?.name ?? "";
  }

  /** How often the gateway became ready again. */
  async function restarts(): Promise<number> {
    const { events } = await client.events.listEvents({ subjects: ["gateway"], newestFirst: true });
    const ready = events.filter(
      ({ resource }) => resource.case === "gateway" && resource.value.state === Gateway_State.READY,
    );
    return ready.length - 1;
  }

  it("lets active runs end within the grace, accepts what comes meanwhile and starts it afterwards", async () => {
    await start();
    // It goes on for much longer than it takes to ask for what follows.
    const { run } = await client.runs.createRun({ parent, parts: parts(`/slow 20\n${"word ".repeat(150)}`) });
    const before = await startTimeMs();
    await client.gateway.shutDown({ restart: true, grace: { seconds: 60n }, reason: "new tyres" });
    let told = (await client.gateway.getGateway({})).gateway;
    while (told?.state !== Gateway_State.DRAINING) told = (await client.gateway.getGateway({})).gateway;
    expect(told.stateReason).to.contain("new tyres");
    expect(told.restartReason).to.equal("new tyres");
    const { run: later } = await client.runs.createRun({
      parent,
      parts: parts("for later"),
      queueMode: QueueMode.FOLLOW_UP,
    });
    expect(later?.state).to.equal(State.QUEUED);
    await restartedSince(before);
    expect((await client.runs.getRun({ name: run?.name })).run).to.include({ state: State.SUCCEEDED, attempt: 1 });
    for await (const step of client.followRun(later?.name ?? "")) if (step.kind === "append") break;
  });

  it("with force interrupts active runs, which go on afterwards", async () => {
    await start();
    const name = await startLong();
    await restart({ force: true });
    expect((await client.runs.getRun({ name })).run).to.include({ state: State.RUNNING, attempt: 2 });
    await client.runs.cancelRun({ name });
  });

  it("with wait begins when no run is active", async () => {
    await start();
    const { run } = await client.runs.createRun({ parent, parts: parts(`/slow 20\n${"word ".repeat(100)}`) });
    const before = await startTimeMs();
    await client.gateway.shutDown({ restart: true, wait: {}, grace: {} });
    expect((await client.gateway.getGateway({})).gateway?.state).to.equal(Gateway_State.READY);
    await restartedSince(before);
    expect((await client.runs.getRun({ name: run?.name })).run).to.include({ state: State.SUCCEEDED, attempt: 1 });
  });

  it("several times together restarts once", async () => {
    await start();
    // As long as it is active no restart begins, so that all three are there before the first.
    const active = await startLong();
    const before = await startTimeMs();
    await Promise.all([1, 2, 3].map(() => client.gateway.shutDown({ restart: true, wait: { seconds: 600n } })));
    await client.runs.cancelRun({ name: active });
    await restartedSince(before);
    expect(await restarts()).to.equal(1);
  });

  it("soon after another one waits for the rest of the pause, unless it is forced", async () => {
    await start({ commands: { restartCooldownSeconds: 3_600 } });
    await restart();
    const { beginTime } = await client.gateway.shutDown({ restart: true, reason: "once more" });
    expect(beginTime && timestampMs(beginTime)).to.be.greaterThan(Date.now() + 3_000_000);
    expect((await client.gateway.getGateway({})).gateway).to.deep.include({
      state: Gateway_State.READY,
      restartReason: "once more",
    });
    await restart({ force: true });
    expect(await restarts()).to.equal(2);
  });

  it("with a configuration that cannot be run is refused, and changes nothing", async () => {
    await start();
    const before = await startTimeMs();
    rewrite({ gateway: { bind: "everywhere" } });
    const { message } = await expectFailure(client.gateway.shutDown({ restart: true }), "CONFIG_INVALID");
    expect(message).to.contain("gateway.bind");
    expect(await startTimeMs()).to.equal(before);
    expect((await client.gateway.getGateway({})).gateway?.restartRefusal).to.contain("gateway.bind");
  });

  it("for a port somebody else has is refused", async () => {
    await start();
    const other = await startGatewayProcess();
    try {
      rewrite({ gateway: { port: Number(new URL(other.url).port) } });
      const { message } = await expectFailure(client.gateway.shutDown({ restart: true }), "CONFIG_INVALID");
      expect(message).to.contain("another program has it");
      expect((await client.gateway.getGateway({})).gateway?.state).to.equal(Gateway_State.READY);
    } finally {
      await other.kill();
      await removeHome(other.home);
    }
  });

  it("takes a changed configuration into use: the model, and who may call", async () => {
    await start();
    const before = await startTimeMs();
    const token = "oc_tok_another-another-another-another-another-x";
    rewrite({ gateway: { auth: { token } }, agents: { defaults: { model: { primary: "openai/gpt-5" } } } });
    const old = client;
    client = createGatewayClient({ url: gateway.url, token });
    // The new token may be let in before the restart, and even before it is asked for, and the old one no longer.
    await old.gateway.shutDown({ restart: true }).catch(() => client.gateway.shutDown({ restart: true }));
    while ((await startTimeMs().catch(() => 0)) <= before);
    const told = await client.gateway.getGateway({});
    expect(told.gateway?.defaultModel).to.equal("openai/gpt-5");
    await expectFailure(old.gateway.getGateway({}), "CREDENTIALS_INVALID");
  });

  it("is told in the event log: it drains, and it is ready again", async () => {
    await start();
    const { cursor } = await client.gateway.getGateway({});
    await restart();
    const { events } = await client.events.listEvents({ cursor, subjects: ["gateway"] });
    const states = events.map(({ resource }) => (resource.case === "gateway" ? resource.value.state : undefined));
    expect(states).to.deep.equal([Gateway_State.DRAINING, Gateway_State.READY]);
    const reasons = events.map(({ resource }) => (resource.case === "gateway" ? resource.value.restartReason : ""));
    expect(reasons).to.deep.equal(["restart by request", ""]);
  });

  it("stops the gateway when it is asked for no restart, and a restart that is due with it", async () => {
    await start({ commands: { restartCooldownSeconds: 3_600 } });
    await restart();
    await client.gateway.shutDown({ restart: true });
    await client.gateway.shutDown({});
    expect(await gateway.exited).to.equal(0);
  });

  for (const place of restartPlaces) {
    it(`loses nothing when the process is killed in the middle of it (${place})`, async () => {
      await start(quick, { environment: { OPENCLAW_FAULT_POINT: place } });
      const active = await startLong();
      await client.gateway.shutDown({ restart: true, force: true });
      expect(await gateway.exited).to.equal("SIGKILL");
      gateway = await startGatewayProcess({ home: gateway.home, config: quick });
      client = createGatewayClient({ url: gateway.url, token: gateway.token });
      const { run } = await client.runs.getRun({ name: active });
      expect(run?.state).to.equal(State.RUNNING);
      expect(run?.attempt).to.equal(place === "restart.opened" ? 3 : 2);
      const { messages } = await client.sessions.listMessages({ parent });
      expect(messages.filter(({ role }) => role === 1)).to.have.length(1);
      await client.runs.cancelRun({ name: active });
    });
  }
});
