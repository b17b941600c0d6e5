/** What can go wrong with deliveries: what callers are told, and what stands in Delivery.error. */

import { create } from "@bufbuild/protobuf";
import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { type DeliveryError, DeliveryErrorSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../errors.ts";

/** Longest text of an error that is kept, in UTF-16 units. */
const maxErrorLength = 1_000;

/** The channel's queue holds all it may. */
export function deliveryQueueFull(channel: string, limit: string): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.QUEUE_FULL,
    message: `the outbox of ${channel} is full (${limit}); try again when something was sent, or discard what waits`,
    metadata: { name: channel, limit },
    retryAfterMs: 5_000,
  });
}

/** The delivery is past that. */
export function deliveryState(name: string, state: string, next: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.DELIVERY_STATE,
    message: `${name} is ${state}; ${next}`,
    metadata: { name, state },
  });
}

/** The network cannot do this. */
export function capabilityMissing(channel: string, capability: string): Failure {
  return new Failure({
    code: Code.UNIMPLEMENTED,
    reason: ErrorReason.CAPABILITY_MISSING,
    message: `the network of ${channel} cannot do this (${capability}); see: openclaw channels capabilities`,
    metadata: { name: channel, capability },
  });
}

/** Why a try failed, as Delivery.error carries it. */
export function deliveryError(reason: ErrorReason, message: string): DeliveryError {
  return create(DeliveryErrorSchema, {
    reason,
    message: message.toWellFormed().slice(0, maxErrorLength).toWellFormed(),
  });
}
