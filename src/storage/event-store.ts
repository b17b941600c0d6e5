/** The event log on disk. */

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Event, EventSchema } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { EventWriter, NewEvent, Retention } from "../core/event/event-table.ts";
import type { Clock } from "../lib/clock.ts";
import type { FaultPoint } from "../lib/fault-point.ts";
import type { Executor } from "./sqlite/connection.ts";
import { type BodyRow, statement } from "./sqlite/statement.ts";

/** An event as it is kept: its place in the log, and the rest of it encoded. */
interface StoredEvent extends BodyRow {
  readonly sequence: number;
}

/** What an event store needs besides its connection. */
export interface EventStoreOptions {
  readonly sql: Executor;
  readonly clock: Clock;
  readonly faults: FaultPoint;
}

/** The event log inside one transaction or snapshot. */
export class EventStore implements EventWriter {
  readonly #sql: Executor;
  readonly #clock: Clock;
  readonly #faults: FaultPoint;
  readonly #appended: Event[] = [];
  #log: LogRow | undefined;

  constructor(options: EventStoreOptions) {
    this.#sql = options.sql;
    this.#clock = options.clock;
    this.#faults = options.faults;
  }

  /** What was appended through this object so far, as it was then. */
  get appended(): readonly Event[] {
    return this.#appended;
  }

  async head(): Promise<number> {
    return this.#readLog().head;
  }

  async floor(): Promise<number> {
    return this.#readLog().floor;
  }

  async readAfter(after: number, limit: number, maxBytes: number): Promise<Event[]> {
    const events: Event[] = [];
    let bytes = 0;
    for (const row of this.#sql.each(readEventsAfter, { after, limit })) {
      bytes += row.body.length;
      if (events.length > 0 && bytes > maxBytes) break;
      events.push(decodeEvent(row));
    }
    return events;
  }

  async readBefore(before: number, limit: number): Promise<Event[]> {
    return this.#sql.all(readEventsBefore, { before, limit }).map(decodeEvent);
  }

  async append(event: NewEvent): Promise<number> {
    const timeMs = this.#clock.nowMs();
    const kept = create(EventSchema, { ...event, time: timestampFromMs(timeMs), resource: copyOf(event.resource) });
    const body = toBinary(EventSchema, kept);
    this.#faults("store.event-append");
    const log = this.#readLog();
    const head = log.head + 1;
    const endBytes = log.end_bytes + body.length;
    this.#sql.run(insertEvent, { sequence: head, timeMs, endBytes, body });
    this.#sql.run(advanceLog, { head, endBytes });
    this.#log = { ...log, head, end_bytes: endBytes };
    kept.sequence = BigInt(head);
    this.#appended.push(kept);
    return head;
  }

  async prune(retention: Retention, limit: number): Promise<number> {
    const log = this.#readLog();
    const oldestMs = this.#clock.nowMs() - retention.maxAgeMs;
    let floor = log.floor;
    for (const row of this.#sql.each(readOldestEvents, { limit })) {
      const bytesKept = log.end_bytes - row.end_bytes + row.size;
      const kept = log.head - floor;
      if (row.time_ms >= oldestMs && kept <= retention.maxEvents && bytesKept <= retention.maxBytes) break;
      floor = row.sequence;
    }
    if (floor === log.floor) return 0;
    this.#sql.run(dropEvents, { floor });
    this.#sql.run(raiseFloor, { floor });
    this.#log = { ...log, floor };
    return floor - log.floor;
  }

  /** Read once: within a snapshot it cannot change, within a transaction only through this object. */
  #readLog(): LogRow {
    this.#log ??= readLog(this.#sql);
    return this.#log;
  }
}

/** What a resource holds is never changed in place; the object itself still belongs to whoever made it. */
function copyOf(resource: NewEvent["resource"]): NewEvent["resource"] {
  return resource.case === undefined
    ? resource
    : ({ case: resource.case, value: { ...resource.value } } as NewEvent["resource"]);
}

/** The event behind a row; a new object every time. */
function decodeEvent(row: StoredEvent): Event {
  const event = fromBinary(EventSchema, row.body);
  event.sequence = BigInt(row.sequence);
  return event;
}

/** The log's one row: its id, the newest sequence ever, the newest sequence dropped, the bytes of all events ever. */
export function readLog(sql: Executor): LogRow {
  const row = sql.get(selectLog, {});
  if (row === undefined) throw new Error("the store has no event log");
  return row;
}

/** See `readLog`. */
export interface LogRow {
  readonly log_id: string;
  readonly head: number;
  readonly floor: number;
  readonly end_bytes: number;
}

const selectLog = statement<Record<string, never>, LogRow>("SELECT log_id, head, floor, end_bytes FROM event_log");

const advanceLog = statement<{ head: number; endBytes: number }>(
  "UPDATE event_log SET head = :head, end_bytes = :endBytes WHERE only_row = 1",
);

const insertEvent = statement<{ sequence: number; timeMs: number; endBytes: number; body: Uint8Array }>(
  "INSERT INTO events (sequence, time_ms, end_bytes, body) VALUES (:sequence, :timeMs, :endBytes, :body)",
);

const readEventsAfter = statement<{ after: number; limit: number }, StoredEvent>(
  "SELECT sequence, body FROM events WHERE sequence > :after ORDER BY sequence LIMIT +:limit",
);

const readEventsBefore = statement<{ before: number; limit: number }, StoredEvent>(
  "SELECT sequence, body FROM events WHERE sequence < :before ORDER BY sequence DESC LIMIT +:limit",
);

interface OldEventRow {
  readonly sequence: number;
  readonly time_ms: number;
  readonly end_bytes: number;
  readonly size: number;
}

const readOldestEvents = statement<{ limit: number }, OldEventRow>(
  "SELECT sequence, time_ms, end_bytes, length(body) AS size FROM events ORDER BY sequence LIMIT +:limit",
);

const dropEvents = statement<{ floor: number }>("DELETE FROM events WHERE sequence <= :floor");
const raiseFloor = statement<{ floor: number }>("UPDATE event_log SET floor = :floor WHERE only_row = 1");
