/** Forgetting what is past its time. */

import { randomUUID } from "node:crypto";
import { mock } from "node:test";
import { expect } from "chai";
import { CoreKits } from "../support/core-kit.ts";
import { eventually } from "../support/until.ts";

const minute = 60_000;

describe("housekeeping", () => {
  const kits = new CoreKits();
  beforeEach(() => mock.timers.enable({ apis: ["setInterval"] }));
  afterEach(async () => {
    mock.timers.reset();
    await kits.close();
  });

  it("drops events that are too old, and keeps the rest without a gap", async () => {
    const kit = await kits.open({ settings: { retention: { maxAgeMs: 3_600_000 } } });
    for (let index = 0; index < 5; index++) await kit.newSession(`old-${index}`);
    kit.clock.advance(3_600_001);
    await kit.newSession("new");
    const { head } = kit.core.events;
    mock.timers.tick(minute);
    const floor = await eventually(
      "old events are dropped",
      async () => (await kit.store.read(({ events }) => events.floor())) || undefined,
    );
    expect(floor).to.equal(head - 1);
    const { events } = await kit.client.events.listEvents({});
    expect(events.map(({ subject }) => subject)).to.deep.equal(["sessions/new"]);
  });

  it("drops the oldest beyond the number and the bytes that are kept, however many there are", async () => {
    const kit = await kits.open({ settings: { retention: { maxEvents: 10 } } });
    await kit.store.transact(async ({ events }) => {
      const event = { change: 2 as const, subject: "gateway", actor: "test", resource: { case: undefined } };
      for (let count = 0; count < 1_200; count++) await events.append(event);
    });
    mock.timers.tick(minute);
    const floor = await eventually("events beyond the number are dropped", async () => {
      const now = await kit.store.read(({ events }) => events.floor());
      return now >= 1_191 ? now : undefined;
    });
    expect(floor).to.equal(1_191);
  });

  it("forgets all requests that are past their time, however many there are", async () => {
    const kit = await kits.open();
    const request = { principal: "token", method: "test", requestHash: new Uint8Array(), response: new Uint8Array() };
    const ids = Array.from({ length: 1_200 }, (_, index) => String(index));
    await kit.store.transact(async ({ requests }) => {
      for (const requestId of ids) await requests.insert({ ...request, requestId, expireTimeMs: 1 });
    });
    mock.timers.tick(minute);
    await eventually("all of them are forgotten", async () => {
      const find = (id: string) => kit.store.transact(({ requests }) => requests.find("token", "test", id));
      return (await find("0")) === undefined && (await find("1199")) === undefined ? true : undefined;
    });
  });

  it("forgets requests that are past their time, and no others", async () => {
    const kit = await kits.open();
    const old = randomUUID();
    await kit.ask("one", { requestId: old });
    kit.clock.advance(24 * 3_600_000 + 1);
    const fresh = randomUUID();
    await kit.ask("two", { requestId: fresh });
    mock.timers.tick(minute);
    const method = "openclaw.gateway.v1.RunService/CreateRun";
    const find = (id: string) => kit.store.transact(({ requests }) => requests.find("token", method, id));
    await eventually("the old request is forgotten", async () => ((await find(old)) === undefined ? true : undefined));
    expect(await find(fresh)).not.to.equal(undefined);
  });

  it("indexes what was said", async () => {
    const kit = await kits.open();
    await kit.ask("a pelican");
    mock.timers.tick(minute);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(await kit.store.transact(({ messages }) => messages.index(10))).to.equal(0);
    const { hits } = await kit.client.sessions.searchMessages({ query: "pelican" });
    expect(hits).to.have.length(1);
  });

  it("leaves messages and runs alone", async () => {
    const kit = await kits.open({ settings: { retention: { maxEvents: 1 } } });
    const run = await kit.ask("hello");
    mock.timers.tick(minute);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(await kit.transcript()).to.have.length(2);
    expect((await kit.client.runs.getRun({ name: run.name })).run).to.deep.equal(run);
  });
});
