/** Follows the event log: facts pulled from the log, signals from the runs that are live. Nothing is queued per reader. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Bookmark, BookmarkSchema, type Event, type Signal } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import { Wakeup } from "../../lib/wakeup.ts";
import type { Caller } from "../access/scopes.ts";
import type { Failure } from "../errors.ts";
import type { LiveRuns } from "../run/live/live-runs.ts";
import type { EventLog } from "./event-log.ts";
import { SignalReader } from "./signal-reader.ts";
import { Silence } from "./silence.ts";
import { subjectFilter } from "./subjects.ts";
import { TypingReader, Typings } from "./typings.ts";
import { isVisible } from "./visibility.ts";

const batchEvents = 100;
const defaultHeartbeatMs = 15_000;
const minHeartbeatMs = 5_000;
const maxHeartbeatMs = 60_000;
const lifetimeMs = 3_600_000;

/** One frame of a followed log. */
export type EventFrame =
  | { readonly case: "bookmark"; readonly value: Bookmark }
  | { readonly case: "batch"; readonly value: { readonly events: readonly Event[]; readonly cursor: string } }
  | SignalKind<"delta">
  | SignalKind<"typing">;

type SignalKind<Case extends string> = Extract<Signal["kind"], { case: Case }>;

/** What to follow, and until when. */
export interface WatchEvents {
  /** Continue after it; empty means from now on. */
  readonly cursor: string;
  readonly subjects: readonly string[];
  readonly includeSignals: boolean;
  /** 0 means 15 s; clamped to 5–60 s. */
  readonly heartbeatMs: number;
  readonly caller: Caller;
  /** The reader is gone. */
  readonly signal: AbortSignal;
}

/** What a watch is built from. */
export interface EventWatchParts {
  readonly log: EventLog;
  readonly liveRuns: LiveRuns;
  readonly clock: Clock;
}

/** Opens watches. */
export class EventWatch {
  /** Where the agent writes; told to whoever asks for signals. */
  readonly typings = new Typings();
  readonly #parts: EventWatchParts;
  readonly #closing = new AbortController();

  constructor(parts: EventWatchParts) {
    this.#parts = parts;
  }

  /** Every watch sends a last bookmark and ends with `why`; readers come back at their cursor. */
  close(why: Failure): void {
    this.#closing.abort(why);
  }

  /**
   * A bookmark at once, then batches and signals as they come, a bookmark after each silent interval. Ends with a bookmark
   * after about an hour. Fails with CURSOR_EXPIRED, CURSOR_FOREIGN or FIELD_INVALID.
   */
  async *watch(request: WatchEvents): AsyncGenerator<EventFrame, void> {
    const { log, liveRuns } = this.#parts;
    const bell = new Wakeup();
    const silence = new Silence(clampHeartbeat(request.heartbeatMs), () => bell.wake());
    const muffles = [
      log.changed.forward(bell),
      ...(request.includeSignals ? [liveRuns.changed.forward(bell), this.typings.changed.forward(bell)] : []),
    ];
    try {
      yield* this.#follow(request, bell, silence);
    } finally {
      for (const muffle of muffles) muffle();
      silence.stop();
    }
  }

  async *#follow(request: WatchEvents, bell: Wakeup, silence: Silence): AsyncGenerator<EventFrame, void> {
    const { log, liveRuns } = this.#parts;
    const wanted = subjectFilter(request.subjects);
    const signals = request.includeSignals ? new SignalReader(liveRuns, wanted) : undefined;
    const typing = request.includeSignals ? new TypingReader(this.typings, wanted) : undefined;
    const stop = AbortSignal.any([request.signal, this.#closing.signal, AbortSignal.timeout(jittered(lifetimeMs))]);
    let over = stop.aborted;
    stop.addEventListener("abort", () => {
      over = true;
      bell.wake();
    });
    let position = request.cursor === "" ? log.head : await log.position(request.cursor);
    let behind = position < log.head;
    yield this.#bookmark(position);
    while (!over) {
      const events = await log.readAfter(position, batchEvents);
      position = Number(events.at(-1)?.sequence ?? position);
      const seen = keep(events, (event) => wanted(event.subject) && isVisible(event, request.caller));
      if (seen.length > 0) yield { case: "batch", value: { events: seen, cursor: log.cursor(position) } };
      const deltas = signals?.read() ?? [];
      for (const value of deltas) yield { case: "delta", value };
      const typings = typing?.read() ?? [];
      for (const value of typings) yield { case: "typing", value };
      const spoken = seen.length > 0 || deltas.length > 0 || typings.length > 0;
      if (spoken) silence.broken();
      const caughtUp = behind && position >= log.head;
      if (caughtUp || silence.isLong) {
        behind = false;
        silence.broken();
        yield this.#bookmark(position);
      } else if (position < log.head || signals?.pending === true || typings.length > 0) {
        // What changed while the reader took that rang no bell anybody waited for.
        // A long stretch that is not for this reader must not hold up everybody else.
        if (!spoken) await nextTurn();
      } else if (!over) await bell.next();
    }
    if (request.signal.aborted) return;
    yield this.#bookmark(position);
    this.#closing.signal.throwIfAborted();
  }

  #bookmark(position: number): EventFrame {
    const { log, clock } = this.#parts;
    const value = create(BookmarkSchema, {
      cursor: log.cursor(position),
      time: timestampFromMs(clock.nowMs()),
      live: position >= log.head,
    });
    return { case: "bookmark", value };
  }
}

/** The events that are wanted; the same array when all of them are. */
function keep(events: readonly Event[], isWanted: (event: Event) => boolean): readonly Event[] {
  return events.every(isWanted) ? events : events.filter(isWanted);
}

function clampHeartbeat(requestedMs: number): number {
  if (requestedMs === 0) return defaultHeartbeatMs;
  return Math.min(maxHeartbeatMs, Math.max(minHeartbeatMs, requestedMs));
}

/** ±10 %, so that streams opened together do not come back together. */
function jittered(ms: number): number {
  return Math.round(ms * (0.9 + 0.2 * Math.random()));
}
