/** EventService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { EventBatchSchema, SignalSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
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
  return {
    async *watchEvents({ cursor, subjects, includeSignals, heartbeatInterval }, { signal, values }) {
      const heartbeatMs = heartbeatInterval === undefined ? 0 : durationMs(heartbeatInterval);
      const caller = values.get(callerKey);
      const frames = eventWatch.watch({ cursor, subjects, includeSignals, heartbeatMs, caller, signal });
      for await (const frame of frames) yield toResponse(frame);
      // A deadline that passed is no end of the stream: say so.
      signal.throwIfAborted();
    },
    async listEvents(request, { values }) {
      const slice = await listEvents(events, { ...request, caller: values.get(callerKey) });
      return { events: [...slice.events], cursor: slice.cursor, atEnd: slice.atEnd };
    },
  };
}

function toResponse(frame: EventFrame): WatchEventsResponse {
  if (frame.case === "bookmark") return create(WatchEventsResponseSchema, { frame });
  if (frame.case === "batch") return batchResponse(frame.value);
  const value = create(SignalSchema, { kind: { case: "delta", value: frame.value } });
  return create(WatchEventsResponseSchema, { frame: { case: "signal", value } });
}

function batchResponse({ events, cursor }: Extract<EventFrame, { case: "batch" }>["value"]): WatchEventsResponse {
  const value = create(EventBatchSchema, { events: [...events], cursor });
  return create(WatchEventsResponseSchema, { frame: { case: "batch", value } });
}
