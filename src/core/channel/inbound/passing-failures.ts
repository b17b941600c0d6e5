/** Which failures pass: the message was not taken, and whoever brought it is to bring it again. */

import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../../errors.ts";

const passing = new Set<ErrorReason>([
  ErrorReason.READ_ONLY,
  ErrorReason.RATE_LIMITED,
  ErrorReason.STARTING,
  ErrorReason.DRAINING,
]);

/** True for a failure of the store, not of the message. */
export function isPassing(error: unknown): boolean {
  return error instanceof Failure && passing.has(error.reason);
}
