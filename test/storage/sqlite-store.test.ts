import { existsSync, readdirSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { WriteTables } from "../../src/core/store.ts";
import { makeEvent, makeMessage, makeSession, textPart } from "./support/resources.ts";
import { SettableClock, TemporaryStore } from "./support/temporary-store.ts";

describe("the store on SQLite", () => {
  let temporary: TemporaryStore;
  let clock: SettableClock;
  let places: string[];

  beforeEach(async () => {
    clock = new SettableClock();
    places = [];
    temporary = new TemporaryStore({ clock, faults: (place) => places.push(place) });
    await temporary.open();
  });

  afterEach(() => temporary.remove());

  const titleOf = async (id: string) =>
    (await temporary.store.read(({ sessions }) => sessions.find(`sessions/${id}`)))?.title;

  /** Messages of 20 kB in a session made for them. */
  const addNotes = async (count: number) => {
    const session = makeSession(`notes-${places.length}`);
    const note = { role: Role.SYSTEM, parts: [textPart("x".repeat(20_000))] };
    await temporary.store.transact(({ sessions }) => sessions.insert(session));
    for (let position = 1; position <= count; position += 10) {
      await temporary.store.transact(async ({ messages }) => {
        for (let index = 0; index < 10; index += 1) {
          await messages.insert(makeMessage(session.name, position + index, note));
        }
      });
    }
  };

  it("shows a change to readers once it was promised, and not before", async () => {
    const work = gate();
    const changed = temporary.store.transact(async ({ sessions }) => {
      await sessions.insert(makeSession("a", { title: "here" }));
      await work.opened;
    });
    await nextTurn();
    await nextTurn();
    expect(await titleOf("a")).to.equal(undefined);
    work.open();
    await changed;
    expect(await titleOf("a")).to.equal("here");
  });

  it("lets a transaction see its own changes", async () => {
    const title = await temporary.store.transact(async ({ sessions }) => {
      await sessions.insert(makeSession("a", { title: "mine" }));
      return (await sessions.find("sessions/a"))?.title;
    });
    expect(title).to.equal("mine");
  });

  it("reads while a transaction hangs", async () => {
    const work = gate();
    await temporary.store.transact(({ sessions }) => sessions.insert(makeSession("a", { title: "old" })));
    const hanging = temporary.store.transact(async ({ sessions }) => {
      await sessions.update(makeSession("a", { title: "new" }));
      await work.opened;
    });
    await nextTurn();
    await nextTurn();
    const titles = await Promise.all(Array.from({ length: 20 }, () => titleOf("a")));
    expect(new Set(titles)).to.deep.equal(new Set(["old"]));
    work.open();
    await hanging;
  });

  it("keeps a snapshot as it was while transactions commit beside it", async () => {
    const seen = await temporary.store.read(async ({ sessions, events }) => {
      const before = [await sessions.find("sessions/a"), await events.head()];
      await temporary.store.transact(async (tables) => {
        await tables.sessions.insert(makeSession("a"));
        await tables.events.append(makeEvent("a"));
      });
      return [before, [await sessions.find("sessions/a"), await events.head()]];
    });
    expect(seen).to.deep.equal([
      [undefined, 0],
      [undefined, 0],
    ]);
    expect(await temporary.store.read(({ events }) => events.head())).to.equal(1);
  });

  it("undoes all of a transaction that throws, and passes its error on", async () => {
    const failure = new Error("changed my mind");
    const thrown = await temporary.store
      .transact(async ({ sessions, messages, events }) => {
        await sessions.insert(makeSession("a"));
        await messages.insert(makeMessage("sessions/a", 1));
        await events.append(makeEvent("a"));
        throw failure;
      })
      .catch((error: unknown) => error);
    expect(thrown).to.equal(failure);
    await temporary.store.read(async ({ sessions, events }) => {
      expect([await sessions.find("sessions/a"), await events.head()]).to.deep.equal([undefined, 0]);
    });
  });

  it("refuses the tables of a transaction or snapshot that is over", async () => {
    let kept: WriteTables | undefined;
    await temporary.store.transact(async (tables) => {
      kept = tables;
    });
    const write = await kept?.sessions.insert(makeSession("late")).catch((error: unknown) => error);
    expect(write).to.be.instanceOf(Error).with.property("message").that.contains("cannot be used any more");
    const reader = await temporary.store.read(async (tables) => tables);
    const read = await reader.sessions.find("sessions/a").catch((error: unknown) => error);
    expect(read).to.be.instanceOf(Error);
    expect(await titleOf("late")).to.equal(undefined);
  });

  it("tells listeners the events of a commit, in order, before its transactions resolve", async () => {
    const order: string[] = [];
    temporary.store.onCommit((events) =>
      order.push(events.map((event) => `${event.sequence} ${event.subject}`).join()),
    );
    await temporary.store.transact(async ({ events }) => {
      await events.append(makeEvent("a"));
      await events.append(makeEvent("b"));
    });
    order.push("resolved");
    await temporary.store.transact(async () => {});
    expect(order).to.deep.equal(["1 sessions/a,2 sessions/b", "resolved"]);
  });

  it("goes on when a listener throws", async () => {
    const seen: number[] = [];
    temporary.store.onCommit(() => {
      throw new Error("listener");
    });
    temporary.store.onCommit((events) => seen.push(events.length));
    await temporary.store.transact(({ events }) => events.append(makeEvent("a")));
    expect(seen).to.deep.equal([1]);
  });

  it("makes transactions that arrive together durable in few commits, in the order of the calls", async () => {
    const batches: number[] = [];
    temporary.store.onCommit((events) => batches.push(events.length));
    const sequences = await Promise.all(
      Array.from({ length: 32 }, (_, index) =>
        temporary.store.transact(({ events }) => events.append(makeEvent(`s${index}`))),
      ),
    );
    expect(sequences).to.deep.equal(Array.from({ length: 32 }, (_, index) => index + 1));
    expect(batches.length).to.be.lessThan(16);
  });

  it("passes every place a crash test may stop at, in order", async () => {
    await temporary.store.transact(({ events }) => events.append(makeEvent("a")));
    expect(places).to.deep.equal(["store.begin", "store.event-append", "store.before-commit", "store.after-commit"]);
  });

  it("keeps its log id and its contents when it is opened again", async () => {
    await temporary.store.transact(({ sessions }) => sessions.insert(makeSession("a", { title: "kept" })));
    const { logId } = temporary.store;
    await temporary.open();
    expect(temporary.store.logId).to.equal(logId);
    expect(await titleOf("a")).to.equal("kept");
  });

  it("finishes waiting transactions before it closes, and takes none afterwards", async () => {
    const { store } = temporary;
    const waiting = store.transact(({ sessions }) => sessions.insert(makeSession("a")));
    await store.close();
    await waiting;
    const late = await Promise.allSettled([store.transact(async () => {}), store.read(async () => {})]);
    expect(late.map((result) => result.status)).to.deep.equal(["rejected", "rejected"]);
    await temporary.open();
    expect(await titleOf("a")).to.equal("");
  });

  it("folds the write-ahead log away when it closes", async () => {
    await temporary.store.transact(({ sessions }) => sessions.insert(makeSession("a")));
    expect(existsSync(`${temporary.path}-wal`)).to.equal(true);
    await temporary.store.close();
    expect(readdirSync(temporary.dir).filter((name) => name.startsWith("openclaw.db"))).to.deep.equal(["openclaw.db"]);
  });

  it("keeps the write-ahead log small while many read and write", async function () {
    this.timeout(60_000);
    let reading = true;
    const readers = Array.from({ length: 3 }, async () => {
      while (reading) {
        await temporary.store.read(({ messages }) => messages.find("sessions/a/messages/m00000001"));
        await nextTurn();
      }
    });
    await addNotes(2_500);
    reading = false;
    await Promise.all(readers);
    const { databaseBytes, logBytes } = temporary.store.sizes();
    expect(databaseBytes).to.be.greaterThan(40_000_000);
    expect(logBytes).to.be.lessThan(20_000_000);
  });

  it("ends a snapshot that keeps the write-ahead log from shrinking for more than 10 s", async function () {
    this.timeout(60_000);
    const work = gate();
    const hanging = temporary.store.read(async ({ sessions }) => {
      await sessions.find("sessions/a");
      await work.opened;
      return sessions.find("sessions/a");
    });
    await addNotes(2_000);
    expect(temporary.store.sizes().logBytes).to.be.greaterThan(40_000_000);
    clock.timeMs += 10_001;
    await addNotes(1_200);
    work.open();
    const thrown = await hanging.catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(Error).with.property("message").that.contains("kept open for too long");
    await addNotes(1_200);
    expect(temporary.store.sizes().logBytes).to.be.lessThan(20_000_000);
  });
});

function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
