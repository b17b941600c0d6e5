/** What became of an inbound message, before it has a name. */

import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { Failure } from "../../errors.ts";
import type { Recorder } from "../../recorder.ts";
import type { RunEffects } from "../../run/run-effects.ts";
import type { Arrival } from "./arrival.ts";

/** Reactions that are told with one message. */
export const mostReactions = 20;

/** What may wait in one conversation: messages of its group, and reactions. */
export function mostWaiting({ historyLimit }: Arrival["channel"]): number {
  return historyLimit + mostReactions;
}

/** Its end, why, and what it became. */
export type Settled = Partial<
  Pick<Ingress, "outcome" | "rule" | "reason" | "route" | "session" | "transcriptMessage" | "run">
> & {
  /** True when it waits to be context of the next message that is answered. */
  readonly waits?: boolean;
};

/** Does what is to be done about a message, inside the transaction that keeps it. */
export type Settle = (recorder: Recorder, effects: RunEffects, arrival: Arrival) => Promise<Settled>;

const passing = new Set<ErrorReason>([
  ErrorReason.READ_ONLY,
  ErrorReason.RATE_LIMITED,
  ErrorReason.STARTING,
  ErrorReason.DRAINING,
]);

/** True for a failure of the store, not of the message: it was not taken, and whoever brought it is to bring it again. */
export function isPassing(error: unknown): boolean {
  return error instanceof Failure && passing.has(error.reason);
}
