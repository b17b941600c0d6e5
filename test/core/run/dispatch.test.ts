/** Which runs are worked on: one a session, a bounded number in all, every session in its turn. */

import { expect } from "chai";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { hangs, readRequest, says, type Turn, waits } from "../../support/scripted-model.ts";
import { until } from "../../support/until.ts";

const { FOLLOW_UP } = QueueMode;

/** Turns that note how many calls are under way; each goes on until there were `wanted` at a time. */
class Load {
  now = 0;
  most = 0;
  readonly #wanted: number;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  turn(): Turn {
    return (request, signal) => this.#run(says("done")(request, signal));
  }

  async *#run(answer: ReturnType<Turn>): ReturnType<Turn> & AsyncGenerator {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    await until(() => this.most >= this.#wanted, `${this.#wanted} are under way`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.now -= 1;
    yield* answer;
  }
}

describe("the dispatcher", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  const sessionsOf = (kit: CoreKit, count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => kit.newSession(`s${index}`)));

  it("works on one run of a session at a time", async () => {
    const kit = await kits.open();
    const load = new Load(1);
    kit.model.script(...Array.from({ length: 6 }, () => load.turn()));
    const sent = await Promise.all(
      Array.from({ length: 6 }, (_, index) => kit.send(String(index), { queueMode: FOLLOW_UP })),
    );
    await Promise.all(sent.map(({ run }) => kit.ended(run?.name ?? "")));
    expect(load.most).to.equal(1);
  });

  it("works on as many sessions at a time as it may, and no more", async () => {
    const kit = await kits.open({ settings: { run: { maxConcurrent: 3 } } });
    const load = new Load(3);
    kit.model.script(...Array.from({ length: 10 }, () => load.turn()));
    const sessions = await sessionsOf(kit, 10);
    const sent = await Promise.all(sessions.map((parent) => kit.send("hello", { parent })));
    await Promise.all(sent.map(({ run }) => kit.ended(run?.name ?? "")));
    expect(load.most).to.equal(3);
  });

  it("gives every session its turn: a long queue does not hold up the others", async () => {
    const kit = await kits.open({ settings: { run: { maxConcurrent: 1 } } });
    let resume = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (resume = resolve))));
    const [first = "", second = "", third = ""] = await sessionsOf(kit, 3);
    const sent = [await kit.send("a0", { parent: first })];
    for (const text of ["a1", "a2", "a3"]) sent.push(await kit.send(text, { parent: first, queueMode: FOLLOW_UP }));
    for (const text of ["b0", "b1"]) sent.push(await kit.send(text, { parent: second, queueMode: FOLLOW_UP }));
    sent.push(await kit.send("c0", { parent: third }));
    resume();
    await Promise.all(sent.map(({ run }) => kit.ended(run?.name ?? "")));
    const order = kit.model.requests.map((request) => readRequest(request).at(-1)?.slice("USER ".length));
    expect(order.slice(0, 4)).to.have.members(["a0", "b0", "c0", "a1"]);
    expect(order).to.have.members(["a0", "a1", "a2", "a3", "b0", "b1", "c0"]);
  });

  it("gives a slot back whatever becomes of a run", async () => {
    const kit = await kits.open({ settings: { run: { maxConcurrent: 2, leaseMs: 200 } } });
    const sessions = await sessionsOf(kit, 8);
    kit.model.script(...sessions.map((_, index) => (index % 2 === 0 ? hangs() : says("done"))));
    const sent = await Promise.all(sessions.map((parent) => kit.send("hello", { parent })));
    await Promise.all(sent.map(({ run }) => kit.ended(run?.name ?? "")));
    const load = new Load(2);
    kit.model.script(...sessions.map(() => load.turn()));
    await Promise.all(sessions.map((parent) => kit.ask("again", { parent })));
    expect(load.most).to.equal(2);
  });

  it("tells how many are active and how many wait", async () => {
    const kit = await kits.open({ settings: { run: { maxConcurrent: 1 } } });
    kit.model.script(hangs());
    const sessions = await sessionsOf(kit, 3);
    for (const parent of sessions) await kit.send("hello", { parent });
    const { gateway } = await kit.client.gateway.getGateway({});
    expect(gateway).to.include({ activeRuns: 1, queuedRuns: 2 });
  });

  it("lets active runs end while it drains, and starts no other", async () => {
    const kit = await kits.open();
    let resume = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (resume = resolve))));
    const { run: active } = await kit.send("first");
    const { run: waiting } = await kit.send("second", { queueMode: FOLLOW_UP });
    const drained = kit.core.drain(10_000);
    resume();
    expect(await drained).to.equal(0);
    const state = async (name = "") => (await kit.client.runs.getRun({ name })).run?.state;
    expect(await state(active?.name)).to.equal(State.SUCCEEDED);
    expect(await state(waiting?.name)).to.equal(State.QUEUED);
    expect(kit.model.requests).to.have.length(1);
  });

  it("leaves a run that does not end in time as it is, to go on at the next start", async () => {
    const kit = await kits.open();
    kit.model.script(hangs("so far"));
    const { run } = await kit.send("first");
    await kit.model.called(1);
    expect(await kit.core.drain(10)).to.equal(1);
    const { run: left } = await kit.client.runs.getRun({ name: run?.name });
    expect(left?.state).to.equal(State.RUNNING);
    await kit.restart();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED, attempt: 2 });
  });

  it("starts a run whose transaction was under way when it began to drain at the next start", async () => {
    const kit = await kits.open();
    const sent = kit.send("first");
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    await kit.core.drain(0);
    const { run } = await sent;
    await kit.restart();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
  });
});
