import { toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Event_Change as Change, EventSchema } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Retention } from "../../src/core/event/event-table.ts";
import { makeEvent, makeSession } from "./support/resources.ts";
import { SettableClock, TemporaryStore } from "./support/temporary-store.ts";

const all: Retention = { maxAgeMs: 1_000_000, maxEvents: 1_000_000, maxBytes: 1_000_000 };

describe("the event log on disk", () => {
  let temporary: TemporaryStore;
  let clock: SettableClock;

  beforeEach(async () => {
    clock = new SettableClock();
    temporary = new TemporaryStore({ clock });
    await temporary.open();
  });

  afterEach(() => temporary.remove());

  const append = (count: number) =>
    temporary.store.transact(async ({ events }) => {
      for (let index = 0; index < count; index += 1) await events.append(makeEvent(`s${index}`));
    });
  const readAll = async () => {
    const events = await temporary.store.read(({ events }) => events.readAfter(0, 10_000, 10_000_000));
    return events.map((event) => Number(event.sequence));
  };
  const prune = (retention: Partial<Retention>, limit = 1_000) =>
    temporary.store.transact(({ events }) => events.prune({ ...all, ...retention }, limit));

  it("starts empty, at zero", async () => {
    await temporary.store.read(async ({ events }) => {
      expect([await events.head(), await events.floor()]).to.deep.equal([0, 0]);
      expect(await events.readAfter(0, 10, 1_000)).to.deep.equal([]);
    });
  });

  it("gives each event the next sequence and the current time, and keeps all of it", async () => {
    const sequences = await temporary.store.transact(async ({ events }) => [
      await events.append(makeEvent("a")),
      await events.append({ ...makeEvent("b"), change: Change.DELETED, actor: "gateway" }),
    ]);
    expect(sequences).to.deep.equal([1, 2]);
    const [first, second] = await temporary.store.read(({ events }) => events.readAfter(0, 10, 10_000));
    expect(first).to.deep.include({ sequence: 1n, change: Change.CREATED, subject: "sessions/a", actor: "token" });
    expect(first?.resource).to.deep.equal({ case: "session", value: makeSession("a") });
    expect(Number(first?.time?.seconds) * 1_000).to.equal(clock.timeMs);
    expect(second).to.deep.include({ sequence: 2n, change: Change.DELETED, actor: "gateway" });
  });

  it("keeps the resource as it was when the event was appended", async () => {
    const seen: unknown[] = [];
    temporary.store.onCommit((events) => seen.push(...events.map((event) => event.resource.value)));
    await temporary.store.transact(async ({ events }) => {
      const value = makeSession("a", { title: "before" });
      await events.append({ ...makeEvent("a"), resource: { case: "session", value } });
      value.title = "after";
    });
    const [event] = await temporary.store.read(({ events }) => events.readAfter(0, 1, 10_000));
    expect(event?.resource.value).to.deep.include({ title: "before" });
    expect(seen).to.deep.equal([event?.resource.value]);
  });

  it("sees its own events inside the transaction", async () => {
    await temporary.store.transact(async ({ events }) => {
      await events.append(makeEvent("a"));
      expect(await events.head()).to.equal(1);
      expect((await events.readAfter(0, 10, 1_000)).map((event) => event.subject)).to.deep.equal(["sessions/a"]);
    });
  });

  it("has no gap when transactions between others fail", async () => {
    const attempts = Array.from({ length: 30 }, (_, index) =>
      temporary.store.transact(async ({ events }) => {
        await events.append(makeEvent(`x${index}`));
        await events.append(makeEvent(`y${index}`));
        if (index % 3 === 0) throw new Error("undone");
      }),
    );
    await Promise.allSettled(attempts);
    expect(await readAll()).to.deep.equal(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
  });

  it("reads a slice forwards, ending before the byte bound but with one event at least", async () => {
    await append(10);
    await temporary.store.read(async ({ events }) => {
      const sequences = async (after: number, limit: number, maxBytes: number) =>
        (await events.readAfter(after, limit, maxBytes)).map((event) => Number(event.sequence));
      expect(await sequences(3, 4, 10_000)).to.deep.equal([4, 5, 6, 7]);
      expect(await sequences(8, 100, 10_000)).to.deep.equal([9, 10]);
      expect(await sequences(0, 100, 1)).to.deep.equal([1]);
      expect(await sequences(0, 100, 150)).to.have.length.within(2, 4);
    });
  });

  it("reads a slice backwards", async () => {
    await append(5);
    const events = await temporary.store.read(({ events }) => events.readBefore(5, 3));
    expect(events.map((event) => Number(event.sequence))).to.deep.equal([4, 3, 2]);
  });

  it("drops the oldest events beyond a count, and goes on counting after a restart", async () => {
    await append(10);
    expect(await prune({ maxEvents: 4 })).to.equal(6);
    expect(await readAll()).to.deep.equal([7, 8, 9, 10]);
    expect(await temporary.store.read(({ events }) => events.floor())).to.equal(6);
    expect(await prune({ maxEvents: 0 })).to.equal(4);
    await temporary.open();
    await temporary.store.read(async ({ events }) => {
      expect([await events.head(), await events.floor()]).to.deep.equal([10, 10]);
    });
    await append(1);
    expect(await readAll()).to.deep.equal([11]);
    expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
  });

  it("drops events older than the age, and none that are younger", async () => {
    await append(3);
    clock.timeMs += 1_000;
    await append(2);
    expect(await prune({ maxAgeMs: 999 })).to.equal(3);
    expect(await readAll()).to.deep.equal([4, 5]);
  });

  it("drops events until the rest fits into the bytes", async () => {
    await append(10);
    const [event] = await temporary.store.read(({ events }) => events.readAfter(0, 1, 10_000));
    const size = toBinary(EventSchema, { ...event!, sequence: 0n }).length;
    expect(await prune({ maxBytes: 10 * size })).to.equal(0);
    expect(await prune({ maxBytes: 10 * size - 1 })).to.equal(1);
    expect(await prune({ maxBytes: 3 * size })).to.equal(6);
    expect(await readAll()).to.deep.equal([8, 9, 10]);
  });

  it("drops no more than it was told to at once", async () => {
    await append(10);
    expect(await prune({ maxEvents: 0 }, 4)).to.equal(4);
    expect(await prune({ maxEvents: 0 }, 4)).to.equal(4);
    expect(await prune({ maxEvents: 0 }, 4)).to.equal(2);
    expect(await prune({ maxEvents: 0 }, 4)).to.equal(0);
  });
});
