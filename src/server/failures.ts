/** Failures as the wire carries them: every error gets a canonical code and exactly one google.rpc.ErrorInfo. */

import { randomBytes } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DurationSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure, reasonName } from "../core/errors.ts";
import { errorDomain } from "../core/run/run-failure.ts";
import { type Log, silentLog } from "../lib/log.ts";

/**
 * What a caller is told about anything that was thrown. A Failure keeps its code, reason, metadata, violations (BadRequest)
 * and retry delay (RetryInfo, and the header `retry-after` in whole seconds). An aborted wait is CANCELLED. Anything else is
 * a bug: the caller gets INTERNAL with the id of the line `log` gets, and never the text of the bug.
 */
export function toConnectError(thrown: unknown, log: Log = silentLog): ConnectError {
  if (thrown instanceof Failure) return fromFailure(thrown);
  if (thrown instanceof ConnectError) return withReason(thrown);
  if (thrown instanceof Error && thrown.name === "AbortError") return callerGone();
  const logId = randomBytes(6).toString("hex");
  log.error({ logId, error: thrown }, "a call failed by a bug");
  const metadata = { log_id: logId };
  return new ConnectError(
    `an error inside the gateway; look for ${logId} in its log`,
    Code.Internal,
    undefined,
    [{ desc: ErrorInfoSchema, value: { reason: reasonName(ErrorReason.INTERNAL), domain: errorDomain, metadata } }],
    thrown,
  );
}

/** The call ended because the caller closed its stream or its connection. */
export function callerGone(): ConnectError {
  return withReason(new ConnectError("the caller went away", Code.Canceled));
}

/**
 * Gives an error that the protocol library made (a body that does not parse, an unknown compression, a deadline) the
 * ErrorInfo its code implies. Errors that have one are left alone. Returns its argument.
 */
export function withReason(error: ConnectError): ConnectError {
  if (error.details.length > 0) return error;
  const reason = reasonOfCode[error.code] ?? ErrorReason.INTERNAL;
  error.details.push({
    desc: ErrorInfoSchema,
    value: { reason: reasonName(reason), domain: errorDomain, metadata: {} },
  });
  if (reason === ErrorReason.FIELD_INVALID) {
    const fieldViolations = [{ field: "", description: error.rawMessage }];
    error.details.push({ desc: BadRequestSchema, value: { fieldViolations } });
  }
  return error;
}

const reasonOfCode: Partial<Record<Code, ErrorReason>> = {
  [Code.Canceled]: ErrorReason.CALLER_GONE,
  [Code.DeadlineExceeded]: ErrorReason.DEADLINE,
  [Code.InvalidArgument]: ErrorReason.FIELD_INVALID,
  [Code.ResourceExhausted]: ErrorReason.TOO_LARGE,
  [Code.Unimplemented]: ErrorReason.METHOD_UNKNOWN,
};

function fromFailure(failure: Failure): ConnectError {
  const { message, reason, metadata, violations, retryAfterMs } = failure;
  const headers = retryAfterMs === undefined ? undefined : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  const error = new ConnectError(message, failure.code as number as Code, headers, [], failure);
  error.details.push({
    desc: ErrorInfoSchema,
    value: { reason: reasonName(reason), domain: errorDomain, metadata: { ...metadata } },
  });
  if (violations.length > 0) {
    error.details.push({ desc: BadRequestSchema, value: { fieldViolations: violations.map((each) => ({ ...each })) } });
  }
  if (retryAfterMs !== undefined) {
    error.details.push({ desc: RetryInfoSchema, value: { retryDelay: duration(retryAfterMs) } });
  }
  return error;
}

function duration(ms: number): MessageInitShape<typeof DurationSchema> {
  const whole = Math.floor(ms / 1000);
  return { seconds: BigInt(whole), nanos: Math.round((ms - whole * 1000) * 1e6) };
}
