/** Reading the event log in slices. */

import { expect } from "chai";
import type { Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { encodeCursor } from "../../../src/core/event/cursor.ts";
import { EventLog } from "../../../src/core/event/event-log.ts";
import { listEvents } from "../../../src/core/event/list-events.ts";
import type { Store } from "../../../src/core/store.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";

describe("listing events", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** A log with events 1 (sessions/main) and 2 to `count` (sessions s2 to s…). */
  async function openWith(count: number): Promise<CoreKit> {
    const kit = await kits.open();
    for (let sequence = 2; sequence <= count; sequence++) await kit.newSession(`s${sequence}`);
    return kit;
  }

  async function list(kit: CoreKit, request: object = {}) {
    const { events, cursor, atEnd } = await kit.client.events.listEvents(request);
    return { sequences: events.map(({ sequence }) => Number(sequence)), cursor, atEnd };
  }

  const at = (kit: CoreKit, sequence: number): string => encodeCursor(kit.store.logId, sequence);

  it("begins with the oldest and has no gap", async () => {
    const kit = await openWith(5);
    expect(await list(kit)).to.deep.equal({ sequences: [1, 2, 3, 4, 5], cursor: at(kit, 5), atEnd: true });
  });

  it("goes on after a cursor", async () => {
    const kit = await openWith(5);
    const first = await list(kit, { pageSize: 2 });
    expect(first).to.deep.include({ sequences: [1, 2], atEnd: false });
    const second = await list(kit, { pageSize: 2, cursor: first.cursor });
    const third = await list(kit, { pageSize: 2, cursor: second.cursor });
    expect([...second.sequences, ...third.sequences]).to.deep.equal([3, 4, 5]);
    expect(await list(kit, { cursor: third.cursor })).to.deep.equal({ sequences: [], cursor: at(kit, 5), atEnd: true });
  });

  it("goes backwards from the newest, or from a cursor, to the oldest", async () => {
    const kit = await openWith(5);
    const first = await list(kit, { pageSize: 2, newestFirst: true });
    expect(first).to.deep.include({ sequences: [5, 4], atEnd: false });
    const second = await list(kit, { pageSize: 9, newestFirst: true, cursor: first.cursor });
    expect(second).to.deep.include({ sequences: [3, 2, 1], atEnd: true });
    const before = await list(kit, { newestFirst: true, cursor: at(kit, 3) });
    expect(before.sequences).to.deep.equal([3, 2, 1]);
  });

  it("begins without a cursor at what is the oldest by then, and ends where pruning overtook it", async () => {
    const kit = await openWith(130);
    const { store } = kit;
    const keepLess = { maxAgeMs: Number.MAX_SAFE_INTEGER, maxEvents: 0, maxBytes: Number.MAX_SAFE_INTEGER };
    let pruned = 0;
    const pruning: Store = {
      logId: store.logId,
      readOnlyReason: undefined,
      onCommit: () => {},
      transact: (work) => store.transact(work),
      async read(work) {
        const result = await store.read(work);
        if (pruned++ > 0) await store.transact(({ events }) => events.prune(keepLess, 60));
        return result;
      },
    };
    const log = new EventLog(pruning);
    await log.start();
    const request = { cursor: "", pageSize: 200, subjects: [], newestFirst: false };
    const slice = await listEvents(log, { ...request, caller: { principal: "token", scopes: [Scope.READ] } });
    const sequences = slice.events.map(({ sequence }) => Number(sequence));
    expect(sequences).to.deep.equal(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(slice).to.deep.include({ cursor: at(kit, 50), atEnd: false });
    await expectFailure(list(kit, { cursor: slice.cursor }), "CURSOR_EXPIRED");
  });

  it("gives what matches the subjects, and a cursor past what does not", async () => {
    const kit = await openWith(5);
    const subjects = ["sessions/s3", "sessions/s5"];
    const { sequences, cursor } = await list(kit, { subjects });
    expect(sequences).to.deep.equal([3, 5]);
    expect(cursor).to.equal(at(kit, 5));
    expect((await list(kit, { subjects, newestFirst: true })).sequences).to.deep.equal([5, 3]);
  });

  it("gives 50 unless told, and never more than 200", async () => {
    const kit = await kits.open();
    await Promise.all(Array.from({ length: 210 }, (_, index) => kit.newSession(`s${index}`)));
    expect((await list(kit)).sequences).to.have.length(50);
    expect((await list(kit, { pageSize: 1_000 })).sequences).to.have.length(200);
  });

  for (const newestFirst of [false, true]) {
    it(`ends a slice of large events before 3 MiB and goes on, newestFirst ${newestFirst}`, async () => {
      const kit = await kits.open();
      const parts = [{ kind: { case: "text" as const, value: "語".repeat(300_000) } }];
      const message = { role: Role.USER, parts };
      for (let count = 0; count < 5; count++) {
        await kit.client.sessions.appendMessage({ parent: "sessions/main", message });
      }
      const seen: number[] = [];
      for (let cursor = "", atEnd = false; !atEnd; ) {
        const slice = await kit.client.events.listEvents({ cursor, newestFirst, subjects: ["sessions/*/messages/*"] });
        expect(slice.events.length).to.be.at.most(3);
        seen.push(...slice.events.map(({ sequence }) => Number(sequence)));
        ({ cursor, atEnd } = slice);
      }
      expect(seen).to.have.length(5);
      expect(seen).to.deep.equal(seen.toSorted((a, b) => (newestFirst ? b - a : a - b)));
    });
  }

  it("tells time, actor and the whole resource as it was then", async () => {
    const kit = await kits.open();
    await kit.client.sessions.updateSession({ session: { name: "sessions/main", title: "One" } });
    await kit.client.sessions.updateSession({ session: { name: "sessions/main", title: "Two" } });
    const { events } = await kit.client.events.listEvents({});
    const titles = events.map(({ resource }: Event) => resource.case === "session" && resource.value.title);
    expect(titles).to.deep.equal(["", "One", "Two"]);
    expect(events.map(({ actor }) => actor)).to.deep.equal(["gateway", "token", "token"]);
    expect(events.every(({ time }) => time !== undefined)).to.equal(true);
  });

  it("refuses a cursor of another log, of the future, and none at all", async () => {
    const kit = await openWith(3);
    await expectFailure(list(kit, { cursor: encodeCursor("another", 1) }), "CURSOR_FOREIGN");
    await expectFailure(list(kit, { cursor: at(kit, 4) }), "CURSOR_FOREIGN");
    for (const cursor of ["x", "%", encodeCursor(kit.store.logId, -1), encodeCursor("", 1)]) {
      await expectFailure(list(kit, { cursor }), "FIELD_INVALID");
    }
  });

  it("refuses a cursor whose events are gone, and tells the oldest that is kept", async () => {
    const kit = await openWith(6);
    await kit.store.transact(({ events }) => events.prune({ maxAgeMs: 1e12, maxEvents: 2, maxBytes: 1e9 }, 100));
    const error = await expectFailure(list(kit, { cursor: at(kit, 3) }), "CURSOR_EXPIRED");
    expect(error.metadata.oldest_cursor).to.equal(at(kit, 4));
    expect((await list(kit, { cursor: error.metadata.oldest_cursor })).sequences).to.deep.equal([5, 6]);
    expect((await list(kit)).sequences).to.deep.equal([5, 6]);
    expect(await list(kit, { newestFirst: true })).to.deep.include({ sequences: [6, 5], atEnd: true });
  });

  it("goes on with the same sequence and cursors after a restart", async () => {
    const kit = await openWith(3);
    const { cursor } = await list(kit);
    await kit.restart();
    await kit.newSession("next");
    expect((await list(kit, { cursor })).sequences).to.deep.equal([4]);
  });
});
