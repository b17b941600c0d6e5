/** Reads a slice of the log, forwards or backwards. */

import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Caller } from "../access/scopes.ts";
import { Failure } from "../errors.ts";
import { maxPageBytes, pageSize } from "../paging.ts";
import type { EventLog } from "./event-log.ts";
import { eventBytes } from "./event-size.ts";
import { subjectFilter } from "./subjects.ts";
import { isVisible } from "./visibility.ts";

/** Events looked at in one call: a filter that matches little makes a short slice, not a long call. */
const maxScanned = 5_000;

/** Events read at a time: they may be large. */
const chunk = 50;

/** What to read. */
export interface ListEvents {
  /** Empty means the oldest event kept, or the newest when going backwards. */
  readonly cursor: string;
  readonly pageSize: number;
  readonly subjects: readonly string[];
  readonly newestFirst: boolean;
  readonly caller: Caller;
}

/** A slice, and where to go on. */
export interface EventSlice {
  readonly events: readonly Event[];
  readonly cursor: string;
  readonly atEnd: boolean;
}

/** Fails with CURSOR_EXPIRED, CURSOR_FOREIGN or FIELD_INVALID. */
export async function listEvents(log: EventLog, request: ListEvents): Promise<EventSlice> {
  const limit = pageSize(request.pageSize);
  const wanted = subjectFilter(request.subjects);
  const { newestFirst } = request;
  let { position, ahead } = await startOf(log, request, Math.min(chunk, limit));
  const events: Event[] = [];
  let scanned = 0;
  let bytes = 0;
  while (events.length < limit && scanned < maxScanned) {
    const room = Math.min(chunk, limit - events.length);
    const read = ahead ?? (await readOn(log, { position, room, newestFirst, isFirst: scanned === 0 }));
    ahead = undefined;
    if (read === undefined) break;
    if (read.length === 0) return { events, cursor: log.cursor(position), atEnd: true };
    for (const event of read) {
      if (wanted(event.subject) && isVisible(event, request.caller)) {
        bytes += eventBytes(event);
        if (events.length > 0 && bytes > maxPageBytes) return { events, cursor: log.cursor(position), atEnd: false };
        events.push(event);
      }
      position = Number(event.sequence) - (newestFirst ? 1 : 0);
    }
    scanned += read.length;
  }
  return { events, cursor: log.cursor(position), atEnd: false };
}

interface Start {
  /** The position to go on from: forwards, the next event is after it; backwards, the next event is the one at it. */
  position: number;
  /** The first events, where they had to be read together with the position: pruning falls in between at any time. */
  ahead?: readonly Event[] | undefined;
}

async function startOf(log: EventLog, { cursor, newestFirst }: ListEvents, room: number): Promise<Start> {
  if (cursor !== "") return { position: await log.position(cursor) };
  if (newestFirst) return { position: log.head };
  const { position, events } = await log.readOldest(room);
  return { position, ahead: events };
}

interface Step {
  readonly position: number;
  readonly room: number;
  readonly newestFirst: boolean;
  readonly isFirst: boolean;
}

/** The next events; undefined when they were pruned after the slice had begun: it ends before them. */
async function readOn(log: EventLog, { position, room, newestFirst, isFirst }: Step) {
  if (newestFirst) return log.readBefore(position + 1, room);
  try {
    return await log.readAfter(position, room);
  } catch (error) {
    if (!isFirst && error instanceof Failure && error.reason === ErrorReason.CURSOR_EXPIRED) return undefined;
    throw error;
  }
}
