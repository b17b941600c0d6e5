/** Stopping a gateway by its own contract: work in progress is kept, what comes meanwhile is accepted. */

import { expect } from "chai";
import {
  createGatewayClient,
  Gateway_State,
  type GatewayClient,
  CreateRunRequest_QueueMode as QueueMode,
  Run_State as State,
} from "../../src/client/gateway-client.ts";
import { expectFailure } from "../support/expect-failure.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

const parent = "sessions/main";
const parts = (value: string) => [{ kind: { case: "text" as const, value } }];

describe("shutting a gateway down", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  let client: GatewayClient;

  async function start(home?: string): Promise<void> {
    gateway = await startGatewayProcess({ home });
    client = createGatewayClient({ url: gateway.url, token: gateway.token });
  }

  beforeEach(() => start());
  afterEach(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  /** A run that speaks for longer than any test takes; resolves when it has begun. */
  async function startLong(): Promise<string> {
    const { run } = await client.runs.createRun({ parent, parts: parts(`/slow 100\n${"word ".repeat(2_000)}`) });
    const name = run?.name ?? "";
    for await (const step of client.followRun(name)) if (step.kind === "append") break;
    return name;
  }

  it("answers at once with the number of active runs, then ends by itself", async () => {
    await startLong();
    const { activeRuns } = await client.gateway.shutDown({ grace: {} });
    expect(activeRuns).to.equal(1);
    expect(await gateway.exited).to.equal(0);
  });

  it("lets active runs end within the grace", async () => {
    const { run } = await client.runs.createRun({ parent, parts: parts(`/slow 20\n${"word ".repeat(20)}`) });
    await client.gateway.shutDown({ grace: { seconds: 20n } });
    expect(await gateway.exited).to.equal(0);
    await start(gateway.home);
    const { run: ended } = await client.runs.getRun({ name: run?.name });
    expect(ended).to.include({ state: State.SUCCEEDED, attempt: 1 });
  });

  it("says that it drains, accepts what comes and keeps it, and starts nothing", async () => {
    const active = await startLong();
    await client.gateway.shutDown({ grace: { seconds: 60n }, reason: "moving house" });
    const { gateway: status } = await client.gateway.getGateway({});
    expect(status?.state).to.equal(Gateway_State.DRAINING);
    expect(status?.stateReason).to.contain("moving house");
    const { run: waiting } = await client.runs.createRun({
      parent,
      parts: parts("for later"),
      queueMode: QueueMode.FOLLOW_UP,
    });
    expect(waiting?.state).to.equal(State.QUEUED);
    await client.runs.cancelRun({ name: active });
    expect(await gateway.exited).to.equal(0);
    await start(gateway.home);
    const states: number[] = [];
    for await (const step of client.followRun(waiting?.name ?? "")) {
      if (step.kind === "run") states.push(step.run.state);
    }
    expect(states.at(-1)).to.equal(State.SUCCEEDED);
  });

  it("leaves a run that does not end in time to the next start", async () => {
    const active = await startLong();
    await client.gateway.shutDown({ grace: {} });
    await gateway.exited;
    await start(gateway.home);
    const { run } = await client.runs.getRun({ name: active });
    expect(run).to.include({ state: State.RUNNING, attempt: 2 });
  });

  it("tells open streams to come back, with their last place", async () => {
    await client.sessions.createSession({ sessionId: "a" });
    const frames = client.events.watchEvents({})[Symbol.asyncIterator]();
    const first = await frames.next();
    expect(first.value?.frame.case).to.equal("bookmark");
    const ending = (async () => {
      for (let step = await frames.next(); !step.done; step = await frames.next());
    })();
    await client.gateway.shutDown({ grace: {} });
    const error = await expectFailure(ending, "DRAINING");
    expect(error.retryAfterMs).to.be.greaterThan(0);
    expect(await gateway.exited).to.equal(0);
  });

  it("may be asked for twice", async () => {
    await startLong();
    await client.gateway.shutDown({ grace: { nanos: 300_000_000 } });
    await client.gateway.shutDown({ grace: { nanos: 300_000_000 } });
    expect(await gateway.exited).to.equal(0);
  });

  it("refuses a grace beyond five minutes or below nothing, and goes on", async () => {
    await expectFailure(client.gateway.shutDown({ grace: { seconds: 301n } }), "FIELD_INVALID");
    await expectFailure(client.gateway.shutDown({ grace: { seconds: -1n } }), "FIELD_INVALID");
    const { gateway: status } = await client.gateway.getGateway({});
    expect(status?.state).to.equal(Gateway_State.READY);
  });
});
