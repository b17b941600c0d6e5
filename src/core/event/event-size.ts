/** How large an event is, near enough to bound pages, batches and memory. */

import type { Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { deliveryBytes, ingressBytes, jsonBytes, messageBytes } from "../message/message-size.ts";
import { runBytes } from "../run/run-state.ts";
import { sessionBytes } from "../session/session-fields.ts";

/** Names, times and numbers of an event and its resource. */
const frameBytes = 1_024;

/** Bytes of what the event's resource holds, plus an allowance for the rest. */
export function eventBytes({ resource }: Event): number {
  switch (resource.case) {
    case "message":
      return frameBytes + messageBytes(resource.value);
    case "run":
      return frameBytes + runBytes(resource.value);
    case "session":
      return frameBytes + sessionBytes(resource.value);
    case "toolCall":
      return frameBytes + Buffer.byteLength(resource.value.outputPreview) + jsonBytes(resource.value.input ?? {});
    case "ingress":
      return frameBytes + ingressBytes(resource.value);
    case "delivery":
      return frameBytes + deliveryBytes(resource.value);
    default:
      return frameBytes;
  }
}
