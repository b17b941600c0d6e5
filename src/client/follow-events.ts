/** Follows the event log, whatever happens to the connection. */

import type { Client } from "@connectrpc/connect";
import type { Event, Signal } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { type FollowOptions, reopeningStream } from "./reopening-stream.ts";

/** Where to start, and what to follow. */
export interface FollowEventsOptions extends FollowOptions {
  /** Continue after this cursor; empty or absent means from now on. */
  readonly cursor?: string | undefined;
  /** Resource names or patterns ("sessions/main", "sessions/*", "sessions/main/**"); absent means all. */
  readonly subjects?: readonly string[] | undefined;
  /** Also yield the live output of runs that match. Default false. */
  readonly includeSignals?: boolean | undefined;
}

/**
 * One step along the log. "event" is a fact; "bookmark" says that everything up to `cursor` was yielded, so that the cursor
 * may be kept for later, and `live` that the log had nothing more; "signal" is a live hint, which may be missing after a break.
 */
export type EventStep =
  | { readonly kind: "event"; readonly event: Event }
  | { readonly kind: "bookmark"; readonly cursor: string; readonly live: boolean }
  | { readonly kind: "signal"; readonly signal: Signal };

/**
 * Yields the log from a cursor on, without a gap or a repeat, until the signal aborts. Streams that break, fall silent or are
 * ended by the gateway are opened again at the last cursor. Throws a CursorLostError when the cursor is too old or of
 * another log, and a GatewayError when the gateway refuses the caller or stays away longer than `patienceMs`.
 */
export async function* followEvents(
  events: Client<typeof EventService>,
  options: FollowEventsOptions = {},
): AsyncGenerator<EventStep, void, undefined> {
  const { subjects = [], includeSignals = false } = options;
  let cursor = options.cursor ?? "";
  let live = false;
  const open = (signal: AbortSignal) =>
    events.watchEvents({ cursor, subjects: [...subjects], includeSignals }, { signal });
  for await (const { frame } of reopeningStream(open, options)) {
    switch (frame.case) {
      case "bookmark":
        ({ cursor, live } = frame.value);
        yield { kind: "bookmark", cursor, live };
        break;
      case "batch":
        // The reader may break off in the middle: the place moves on with the last event.
        for (const event of frame.value.events) yield { kind: "event", event };
        cursor = frame.value.cursor;
        yield { kind: "bookmark", cursor, live };
        break;
      case "signal":
        yield { kind: "signal", signal: frame.value };
        break;
      default:
        break;
    }
  }
}
