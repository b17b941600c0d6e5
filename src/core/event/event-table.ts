/** What the store remembers of the event log. */

import type { Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";

/** An event before it has its place in the log. */
export interface NewEvent {
  readonly change: Event["change"];
  /** Resource name. */
  readonly subject: string;
  /** Principal that caused it. */
  readonly actor: string;
  /** The resource right after the change; kept as it is now, later changes to the object do not matter. */
  readonly resource: Event["resource"];
}

/** Bounds of what is kept of the log; whichever is reached first. */
export interface Retention {
  readonly maxAgeMs: number;
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** Reads the log. Sequences start at 1 and have no gaps; 0 is "before the first". */
export interface EventReader {
  /** Sequence of the newest event; 0 in an empty log. Survives retention. */
  head(): Promise<number>;
  /** Sequence just before the oldest event kept: the oldest position that can still be continued. */
  floor(): Promise<number>;
  /** At most `limit` events with a sequence above `after`, ascending, ending before `maxBytes` of encoded size (at least one). */
  readAfter(after: number, limit: number, maxBytes: number): Promise<Event[]>;
  /** At most `limit` events with a sequence below `before`, descending. */
  readBefore(before: number, limit: number): Promise<Event[]>;
}

/** Adds to the log. */
export interface EventWriter extends EventReader {
  /** Gives the event the next sequence and the current time; returns the sequence. */
  append(event: NewEvent): Promise<number>;
  /** Drops what is beyond the bounds, at most `limit` events a call; returns how many. */
  prune(retention: Retention, limit: number): Promise<number>;
}
