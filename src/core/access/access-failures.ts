/** Failures of access: credentials that ended, and pairings that are not, or no longer, to be had. */

import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../errors.ts";

/** How often a device that waits for approval should ask. */
export const pollIntervalMs = 2_000;

/** Why a credential is none any more. */
export type EndReason = "revoked" | "expired" | "replaced" | "narrowed" | "used";

const endings: Readonly<Record<EndReason, string>> = {
  revoked: "was revoked; ask whoever runs the gateway for a new one",
  expired: "has expired; ask whoever runs the gateway for a new one",
  replaced: "was replaced by a new one; use that",
  narrowed: "allows less than before; connect again",
  used: "was good for one use and has been used",
};

/** The credential was valid once. */
export function credentialsRevoked(why: EndReason): Failure {
  return new Failure({
    code: Code.UNAUTHENTICATED,
    reason: ErrorReason.CREDENTIALS_REVOKED,
    message: `this credential ${endings[why]}`,
    metadata: { why },
  });
}

/** Nobody has decided about the request yet. */
export function pairingPending(code: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.PAIRING_PENDING,
    message: `nobody has approved the pairing request yet; its code is ${code}`,
    metadata: { code },
    retryAfterMs: pollIntervalMs,
  });
}

/** Somebody refused the request. */
export function pairingRejected(): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.PAIRING_REJECTED,
    message: "the pairing request was rejected",
  });
}

/** The request or code is used, decided otherwise, or past its time; `what` says which: "this setup code has expired". */
export function pairingClosed(what: string): Failure {
  return new Failure({ code: Code.FAILED_PRECONDITION, reason: ErrorReason.PAIRING_CLOSED, message: what });
}

/** There are as many as there may be. `next` is what helps. */
export function accessFull(what: string, limit: number, next: string): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.ACCESS_FULL,
    message: `there are ${limit} ${what}, as many as there may be; ${next}`,
    metadata: { limit: String(limit) },
    retryAfterMs: 60_000,
  });
}
