/** What can go wrong with the configuration. */

import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure, type FieldViolation } from "../errors.ts";

/** The configuration would be wrong, or cannot be written; nothing was changed. */
export function configInvalid(violations: readonly FieldViolation[], cause?: unknown): Failure {
  return new Failure({
    code: Code.INVALID_ARGUMENT,
    reason: ErrorReason.CONFIG_INVALID,
    message: violations.map(({ field, description }) => `${field}: ${description}`).join("\n"),
    violations,
    cause,
  });
}

/** No change waits to be confirmed, or another one does. */
export function confirmationClosed(revision: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.CONFIRMATION_CLOSED,
    message: `${revision || "no change of the configuration"} ${revision === "" ? "waits" : "does not wait"} to be confirmed; it was confirmed, or taken back`,
    metadata: { revision },
  });
}

/** What is written in the configuration lets `name` not be changed this way; `why` says what to do instead. */
export function configStands(name: string, why: string, cause?: unknown): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.CONFIG_INVALID,
    message: `${name} cannot be changed: ${why}`,
    metadata: { name },
    cause,
  });
}
