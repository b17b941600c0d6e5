/** Runs that take too long or get stuck: the session goes on, and whoever comes late changes nothing. */

import { expect } from "chai";
import { type Run, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { readOnly } from "../../../src/core/errors.ts";
import type { Store } from "../../../src/core/store.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { reasonOf } from "../../support/run-error.ts";
import { asks, hangs, readRequest, says, waits } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";
import { until } from "../../support/until.ts";

const quickLease = { run: { leaseMs: 250 } };

describe("a run that is stuck", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("is given up when its model makes no progress for a lease, with what it had said kept", async () => {
    const kit = await kits.open({ settings: quickLease });
    kit.model.script(hangs("so far"));
    const run = await kit.ask("first");
    expect(run.state).to.equal(State.FAILED);
    expect(reasonOf(run)).to.equal("LEASE_EXPIRED");
    const [, partial] = await kit.transcript();
    expect(partial).to.include({ truncated: true });
  });

  it("is given up when its tool makes no progress for a lease, and the call gets a result", async () => {
    const stuck = scriptedTool("stuck", { answer: () => new Promise<string>(() => {}) });
    const kit = await kits.open({ settings: quickLease, tools: [stuck] });
    kit.model.script(asks([["a", "stuck"]]));
    const run = await kit.ask("first");
    expect(reasonOf(run)).to.equal("LEASE_EXPIRED");
    const result = (await kit.transcript()).at(-1)?.parts[0]?.kind;
    expect(result?.case === "toolResult" && result.value.failed).to.equal(true);
  });

  it("does not silence its session: what waits runs next", async () => {
    const kit = await kits.open({ settings: quickLease });
    kit.model.script(hangs());
    await kit.send("first");
    const { run } = await kit.send("second", { queueMode: QueueMode.FOLLOW_UP });
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
  });

  it("keeps its lease as long as it makes progress", async () => {
    const kit = await kits.open({ settings: { run: { leaseMs: 1_000 } } });
    kit.model.script(async function* (request, signal) {
      for (let word = 0; word < 12; word++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield { kind: "text", block: "t", text: "word " };
      }
      yield* says("end")(request, signal);
    });
    expect(await kit.ask("first")).to.include({ state: State.SUCCEEDED });
  });

  it("is fenced: an answer that comes after the end changes nothing", async () => {
    const kit = await kits.open({ settings: quickLease });
    let answer = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (answer = resolve)), "early", " late"));
    const run = await kit.ask("first");
    const before = await kit.transcript();
    answer();
    await kit.ask("second");
    const { run: after } = await kit.client.runs.getRun({ name: run.name });
    expect(after).to.deep.equal(run);
    expect((await kit.transcript()).slice(0, before.length)).to.deep.equal(before);
    expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER first", "ASSISTANT early", "USER second"]);
  });

  it("is fenced: a tool that answers after the end changes nothing", async () => {
    let answer = (_text: string): void => {};
    const late = scriptedTool("late", { answer: () => new Promise<string>((resolve) => (answer = resolve)) });
    const kit = await kits.open({ settings: quickLease, tools: [late] });
    kit.model.script(asks([["a", "late"]]));
    await kit.ask("first");
    const before = await kit.transcript();
    answer("too late");
    await kit.ask("second");
    expect((await kit.transcript()).slice(0, before.length)).to.deep.equal(before);
    expect(readRequest(kit.model.requests[1]!).join()).not.to.contain("too late");
  });

  it("is fenced: a worker whose run was taken up by another commits nothing", async () => {
    const kit = await kits.open();
    let answer = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (answer = resolve)), "early", " late"));
    const { run } = await kit.send("first");
    await kit.model.called(1);
    await kit.store.transact(async ({ runs }) => {
      const record = await runs.find(run?.name ?? "");
      if (record !== undefined) await runs.update({ ...record, epoch: record.epoch + 1 });
    });
    answer();
    await kit.newSession("later");
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    const { run: after } = await kit.client.runs.getRun({ name: run?.name });
    expect(after).to.include({ state: State.RUNNING });
    expect(await kit.transcript()).to.have.length(1);
  });

  it("is ended at its timeout", async () => {
    const kit = await kits.open();
    kit.model.script(hangs("so far"));
    const run = await kit.ask("first", { timeout: { nanos: 300_000_000 } });
    expect(run.state).to.equal(State.FAILED);
    expect(reasonOf(run)).to.equal("RUN_TIMEOUT");
    expect((await kit.transcript())[1]).to.include({ truncated: true });
  });

  it("gets all of a timeout that is longer than a timer can run", async () => {
    const kit = await kits.open({ settings: { run: { timeoutMs: 40 * 86_400_000 } } });
    kit.model.script(async function* (request, signal) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield* says("at last")(request, signal);
    });
    expect(await kit.ask("take your time")).to.include({ state: State.SUCCEEDED });
  });

  it("gets all of a timeout shorter than a second", async () => {
    const kit = await kits.open();
    kit.clock.advance(1_999 - (kit.clock.nowMs() % 1_000));
    expect(await kit.ask("first", { timeout: { nanos: 900_000_000 } })).to.include({ state: State.SUCCEEDED });
  });

  it("does not spend its timeout while it waits in the queue", async () => {
    const kit = await kits.open();
    let resume = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (resume = resolve))));
    await kit.send("first");
    const asked = { queueMode: QueueMode.FOLLOW_UP, timeout: { seconds: 30n } };
    const { run } = await kit.send("second", asked);
    kit.clock.advance(60_000);
    resume();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
  });

  it("fails after as many steps as it may take", async () => {
    const tool = scriptedTool("again", { answer: () => "once more" });
    const kit = await kits.open({ settings: { run: { maxSteps: 3 } }, tools: [tool] });
    kit.model.script(...["a", "b", "c", "d"].map((id) => asks([[id, "again"]])));
    const run = await kit.ask("first");
    expect(reasonOf(run)).to.equal("TOO_MANY_STEPS");
    expect(kit.model.requests).to.have.length(3);
    expectAnswered(run, await kit.transcript());
  });
});

describe("a run whose end the store refuses", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("is ended as soon as the store takes changes again, and its session goes on", async () => {
    let refuse = false;
    let refused = 0;
    const wrapStore = (store: Store): Store => ({
      logId: store.logId,
      readOnlyReason: store.readOnlyReason,
      read: (work) => store.read(work),
      onCommit: (listener) => store.onCommit(listener),
      transact: (work) => {
        if (!refuse) return store.transact(work);
        refused += 1;
        return Promise.reject(readOnly("the disk is full"));
      },
    });
    const kit = await kits.open({ wrapStore, settings: { run: { retryMs: 20 } } });
    kit.model.script(async function* (request, signal) {
      refuse = true;
      yield* says("lost")(request, signal);
    });
    const { run } = await kit.send("first");
    // The answer, and at least once the end.
    await until(() => refused > 1, "the end is refused");
    refuse = false;
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.FAILED });
    expect(await kit.ask("second")).to.include({ state: State.SUCCEEDED });
  });
});

/** Every tool call of the run has its result. */
function expectAnswered(run: Run, transcript: readonly { parts: readonly { kind: { case?: string } }[] }[]): void {
  const kinds = transcript.flatMap(({ parts }) => parts.map(({ kind }) => kind.case));
  const count = (wanted: string): number => kinds.filter((kind) => kind === wanted).length;
  expect(count("toolUse"), run.name).to.equal(count("toolResult"));
}
