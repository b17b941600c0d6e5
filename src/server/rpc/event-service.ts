/** EventService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { type Event, EventBatchSchema, SignalSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import {
  type EventService,
  type WatchEventsResponse,
  WatchEventsResponseSchema,
} from "../../../gen/openclaw/gateway/v1/event_service_pb.ts";
import type { Core } from "../../core/core.ts";
import { listEvents } from "../../core/event/list-events.ts";
import type { EventFrame } from "../../core/event/watch-events.ts";
import { callerKey } from "../caller-key.ts";

/** The event log over the wire. */
export function eventService({ events, eventWatch }: Core): ServiceImpl<typeof EventService> {
  const batches: Batches = new WeakMap();
  return {
    async *watchEvents({ cursor, subjects, includeSignals, heartbeatInterval }, { signal, values }) {
      const heartbeatMs = heartbeatInterval === undefined ? 0 : durationMs(heartbeatInterval);
      const caller = values.get(callerKey);
      const frames = eventWatch.watch({ cursor, subjects, includeSignals, heartbeatMs, caller, signal });
      for await (const frame of frames) yield toResponse(frame, batches);
      // A deadline that passed is no end of the stream: say so.
      signal.throwIfAborted();
    },
    async listEvents(request, { values }) {
      const slice = await listEvents(events, { ...request, caller: values.get(callerKey) });
      return { events: [...slice.events], cursor: slice.cursor, atEnd: slice.atEnd };
    },
  };
}

type Batch = Extract<EventFrame, { case: "batch" }>["value"];
/** Made once for all who are sent the same events. */
type Batches = WeakMap<readonly Event[], WatchEventsResponse>;

function toResponse(frame: EventFrame, batches: Batches): WatchEventsResponse {
  if (frame.case === "bookmark") return create(WatchEventsResponseSchema, { frame });
  if (frame.case === "batch") return batchResponse(frame.value, batches);
  const value = create(SignalSchema, { kind: frame });
  return create(WatchEventsResponseSchema, { frame: { case: "signal", value } });
}

function batchResponse({ events, cursor }: Batch, batches: Batches): WatchEventsResponse {
  const known = batches.get(events);
  if (known !== undefined) return known;
  const value = create(EventBatchSchema, { events: [...events], cursor });
  const response = create(WatchEventsResponseSchema, { frame: { case: "batch", value } });
  batches.set(events, response);
  return response;
}
