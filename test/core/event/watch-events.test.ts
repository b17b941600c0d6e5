/** Following the event log. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import type { Bookmark, Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import type { WatchEventsResponse } from "../../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { Delta_Channel as Channel } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { RunText } from "../../../src/client/run-text.ts";
import { encodeCursor } from "../../../src/core/event/cursor.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { hangs, says, waits } from "../../support/scripted-model.ts";
import { until } from "../../support/until.ts";

type Frame = WatchEventsResponse["frame"];

/** A stream read frame by frame. */
class Watch {
  readonly #frames: AsyncIterator<WatchEventsResponse>;
  readonly #closing: AbortController;

  constructor(kit: CoreKit, request: object = {}) {
    this.#closing = new AbortController();
    const { signal } = this.#closing;
    this.#frames = kit.client.events.watchEvents(request, { signal })[Symbol.asyncIterator]();
  }

  async next(): Promise<Frame | undefined> {
    const step = await this.#frames.next();
    return step.done ? undefined : step.value.frame;
  }

  async bookmark(): Promise<Bookmark> {
    const frame = await this.next();
    return frame?.case === "bookmark" ? frame.value : expect.fail(`${frame?.case} came instead of a bookmark`);
  }

  /** Events until `count` of them came, signals left out. */
  async events(count: number): Promise<Event[]> {
    const events: Event[] = [];
    while (events.length < count) {
      const frame = await this.next();
      if (frame?.case === "batch") events.push(...frame.value.events);
      else if (frame?.case !== "signal") expect.fail(`${frame?.case} came instead of events`);
    }
    return events;
  }

  close(): void {
    this.#closing.abort();
  }
}

const sequences = (events: readonly Event[]): number[] => events.map(({ sequence }) => Number(sequence));

describe("following events", () => {
  const kits = new CoreKits();
  const watches: Watch[] = [];
  afterEach(async () => {
    for (const watch of watches.splice(0)) watch.close();
    await kits.close();
  });

  function watch(kit: CoreKit, request: object = {}): Watch {
    const opened = new Watch(kit, request);
    watches.push(opened);
    return opened;
  }

  const at = (kit: CoreKit, sequence: number): string => encodeCursor(kit.store.logId, sequence);

  it("tells that the agent stopped to write while the reader heard that it began", async () => {
    const kit = await kits.open();
    const { eventWatch } = kit.core;
    const reader = new AbortController();
    const caller = { principal: "token", scopes: [Scope.READ] };
    const request = { cursor: "", subjects: [], includeSignals: true, heartbeatMs: 0, caller, signal: reader.signal };
    const frames = eventWatch.watch(request);
    expect((await frames.next()).value).to.include({ case: "bookmark" });
    const stop = eventWatch.typings.begin("channels/fake/conversations/mia");
    expect((await frames.next()).value).to.deep.nested.include({ case: "typing", "value.active": true });
    stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, 1_000, undefined));
    const next = await Promise.race([frames.next(), late]);
    reader.abort();
    expect(next?.value).to.deep.nested.include({ case: "typing", "value.active": false });
  });

  it("begins with a bookmark at the head when no cursor is given", async () => {
    const kit = await kits.open();
    const stream = watch(kit);
    expect(await stream.bookmark()).to.include({ cursor: at(kit, 1), live: true });
    await kit.newSession("a");
    expect(sequences(await stream.events(1))).to.deep.equal([2]);
  });

  it("begins with a bookmark at the cursor, says when it lags, and tells everything since", async () => {
    const kit = await kits.open();
    for (const id of ["a", "b"]) await kit.newSession(id);
    const stream = watch(kit, { cursor: at(kit, 1) });
    expect(await stream.bookmark()).to.include({ cursor: at(kit, 1), live: false });
    expect(sequences(await stream.events(2))).to.deep.equal([2, 3]);
  });

  it("tells the same as the log does, in the same order, to everybody", async () => {
    const kit = await kits.open();
    const streams = [watch(kit, { cursor: at(kit, 0) }), watch(kit, { cursor: at(kit, 0) })];
    for (const stream of streams) await stream.bookmark();
    await kit.ask("one");
    await kit.newSession("a");
    await kit.ask("two");
    const { events } = await kit.client.events.listEvents({ pageSize: 200 });
    for (const stream of streams) expect(await stream.events(events.length)).to.deep.equal(events);
  });

  it("reads from disk what the memory no longer holds, without a gap", async () => {
    const kit = await kits.open();
    const parts = [{ kind: { case: "text" as const, value: "x".repeat(300_000) } }];
    const message = { role: Role.USER, parts };
    for (let count = 0; count < 8; count++) {
      await kit.client.sessions.appendMessage({ parent: "sessions/main", message });
    }
    const stream = watch(kit, { cursor: at(kit, 0) });
    await stream.bookmark();
    expect(sequences(await stream.events(17))).to.deep.equal(Array.from({ length: 17 }, (_, index) => index + 1));
  });

  it("sends at most 100 events and about 256 KiB in a batch", async () => {
    const kit = await kits.open();
    await Promise.all(Array.from({ length: 150 }, (_, index) => kit.newSession(`s${index}`)));
    const parts = [{ kind: { case: "text" as const, value: "x".repeat(200_000) } }];
    for (let count = 0; count < 3; count++) {
      await kit.client.sessions.appendMessage({ parent: "sessions/main", message: { role: Role.USER, parts } });
    }
    const stream = watch(kit, { cursor: at(kit, 0) });
    await stream.bookmark();
    const { head } = kit.core.events;
    for (let seen = 0; seen < head; ) {
      const frame = await stream.next();
      if (frame?.case !== "batch") return expect.fail(`${frame?.case} came instead of a batch`);
      const texts = frame.value.events.filter(({ resource }) => resource.case === "message");
      expect(frame.value.events.length).to.be.within(1, 100);
      expect(texts.length).to.be.at.most(1);
      seen += frame.value.events.length;
    }
    return undefined;
  });

  it("tells only what is wanted, and moves its cursor past the rest", async () => {
    const kit = await kits.open();
    const stream = watch(kit, { subjects: ["sessions/b"] });
    await stream.bookmark();
    for (const id of ["a", "b", "c"]) await kit.newSession(id);
    const frame = await stream.next();
    if (frame?.case !== "batch") return expect.fail("no batch came");
    expect(sequences(frame.value.events)).to.deep.equal([3]);
    const resumed = watch(kit, { cursor: frame.value.cursor });
    await resumed.bookmark();
    await kit.newSession("d");
    expect(sequences(await resumed.events(1)).at(-1)).to.be.greaterThan(3);
    return undefined;
  });

  it("carries the live output of runs when that is wanted, and only of those", async () => {
    const kit = await kits.open();
    const other = await kit.newSession("other");
    let go = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (go = resolve)), "größe", " 𝄞"), says("unwanted"));
    const { run } = await kit.send("hello");
    await kit.model.called(1);
    const stream = watch(kit, { includeSignals: true, subjects: ["sessions/main/**"] });
    await stream.bookmark();
    await kit.ask("elsewhere", { parent: other });
    go();
    const text = new RunText();
    for (let ended = false; !ended; ) {
      const frame = await stream.next();
      if (frame?.case === "batch") {
        ended = frame.value.events.some(({ resource }) => resource.case === "run" && resource.value.endTime);
      }
      const kind = frame?.case === "signal" ? frame.value.kind : undefined;
      if (kind?.case !== "delta") continue;
      expect(kind.value.run).to.equal(run?.name);
      text.apply(kind.value);
    }
    expect("größe 𝄞".startsWith(text.text(Channel.TEXT))).to.equal(true);
    expect(text.text(Channel.TEXT)).to.contain("größe");
  });

  it("carries no live output when that is not wanted", async () => {
    const kit = await kits.open();
    const stream = watch(kit);
    await stream.bookmark();
    await kit.ask("hello");
    const frame = await stream.next();
    expect(frame?.case).to.equal("batch");
    await kit.newSession("last");
    for (let next = await stream.next(); ; next = await stream.next()) {
      expect(next?.case).to.equal("batch");
      if (next?.case === "batch" && next.value.events.some(({ subject }) => subject === "sessions/last")) return;
    }
  });

  it("sends a bookmark after silence, though much happens that is not for this reader", async function () {
    this.timeout(60_000);
    const kit = await kits.open();
    const stream = watch(kit, { subjects: ["gateway"], heartbeatInterval: { seconds: 1n } });
    const first = await stream.bookmark();
    const busy = setInterval(() => void kit.core.sessions.update(session, [], "token"), 250);
    const session = create(SessionSchema, { name: "sessions/main", title: "busy" });
    const second = await stream.bookmark().finally(() => clearInterval(busy));
    expect(second.cursor).not.to.equal(first.cursor);
  });

  it("lets others work while it skips what is not for this reader", async () => {
    const kit = await kits.open();
    const change = 2 as const;
    const append = { change, subject: "gateway", actor: "test", resource: { case: undefined } };
    await kit.store.transact(async ({ events }) => {
      for (let count = 0; count < 500; count++) await events.append(append);
    });
    let turns = 0;
    let counting = true;
    const countTurns = (): void => {
      turns += 1;
      if (counting) setImmediate(countTurns);
    };
    countTurns();
    const read = kit.core.events.readAfter.bind(kit.core.events);
    const turnsAtRead: number[] = [];
    kit.core.events.readAfter = (sequence, limit) => {
      turnsAtRead.push(turns);
      return read(sequence, limit);
    };
    const stream = watch(kit, { cursor: at(kit, 0), subjects: ["sessions/none"] });
    await stream.bookmark();
    const next = stream.next();
    await until(() => turnsAtRead.length >= 5, "everything is skipped");
    counting = false;
    expect(new Set(turnsAtRead).size).to.be.greaterThan(2);
    kit.core.closeStreams();
    await next;
  });

  it("ends with a last bookmark and DRAINING when the gateway stops", async () => {
    const kit = await kits.open();
    const stream = watch(kit);
    await stream.bookmark();
    kit.core.closeStreams();
    expect((await stream.bookmark()).cursor).to.equal(at(kit, 1));
    await expectFailure(stream.next(), "DRAINING");
  });

  it("holds nothing for a reader that does not read", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const stream = kit.core.eventWatch.watch({
      cursor: "",
      subjects: [],
      includeSignals: true,
      heartbeatMs: 0,
      caller: { principal: "token", scopes: [1] },
      signal: new AbortController().signal,
    });
    await stream.next();
    for (let count = 0; count < 30; count++) await kit.newSession(`s${count}`);
    const seen: number[] = [];
    while (seen.length < 30) {
      const { value } = await stream.next();
      if (value?.case === "batch") seen.push(...sequences(value.value.events));
    }
    expect(seen).to.deep.equal(Array.from({ length: 30 }, (_, index) => index + 2));
    await stream.return(undefined);
  });

  it("tells a reader that fell behind what is kept that its place is gone", async () => {
    const kit = await kits.open();
    const stream = watch(kit, { cursor: at(kit, 0) });
    await stream.bookmark();
    const parts = [{ kind: { case: "text" as const, value: "x".repeat(400_000) } }];
    for (let count = 0; count < 6; count++) {
      await kit.client.sessions.appendMessage({ parent: "sessions/main", message: { role: Role.USER, parts } });
    }
    await kit.store.transact(({ events }) => events.prune({ maxAgeMs: 1e12, maxEvents: 1, maxBytes: 1e12 }, 100));
    const seen: number[] = [];
    const reading = (async () => {
      for (;;) seen.push(...sequences(await stream.events(1)));
    })();
    await expectFailure(reading, "CURSOR_EXPIRED");
    expect(seen).to.deep.equal(seen.map((_, index) => index + 1));
  });

  it("refuses cursors it cannot continue", async () => {
    const kit = await kits.open();
    for (const id of ["a", "b", "c"]) await kit.newSession(id);
    await expectFailure(watch(kit, { cursor: encodeCursor("another", 1) }).next(), "CURSOR_FOREIGN");
    await expectFailure(watch(kit, { cursor: "x" }).next(), "FIELD_INVALID");
    await expectFailure(watch(kit, { subjects: ["a//b"] }).next(), "FIELD_INVALID");
    await kit.store.transact(({ events }) => events.prune({ maxAgeMs: 1e12, maxEvents: 1, maxBytes: 1e9 }, 100));
    const error = await expectFailure(watch(kit, { cursor: at(kit, 1) }).next(), "CURSOR_EXPIRED");
    expect(error.metadata.oldest_cursor).to.equal(at(kit, 3));
  });
});
