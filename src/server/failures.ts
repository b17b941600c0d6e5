/** Failures as the wire carries them: every error gets a canonical code and exactly one google.rpc.ErrorInfo. */

import { randomBytes } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DurationSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailureSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure, reasonName } from "../core/errors.ts";
import { errorDomain } from "../core/run/run-failure.ts";
import { isLostModule } from "../lib/host/lost-module.ts";
import { type Log, silentLog } from "../lib/log.ts";
import { tooLarge } from "./door-failures.ts";

/** Turns whatever went wrong into what a caller is told. */
export interface ErrorTranslator {
  /** Never throws. A ConnectError is completed in place and returned, because the library may be about to send that very object. */
  translate(thrown: unknown): ConnectError;
}

/** The gateway's own way of telling errors: see toConnectError. */
export class GatewayErrors implements ErrorTranslator {
  readonly #log: Log;

  /** Bugs are written to `log`. */
  constructor(log: Log) {
    this.#log = log;
  }

  translate(thrown: unknown): ConnectError {
    return toConnectError(thrown, this.#log);
  }
}

/**
 * What a caller is told about anything that was thrown. A Failure keeps its code, reason, metadata, violations (BadRequest)
 * and retry delay (RetryInfo, and the header `retry-after` in whole seconds); of FAILED_PRECONDITION without either, a
 * PreconditionFailure names the resource that is not in a fit state. An aborted wait is CANCELLED. An error of the
 * protocol library (a body that does not parse, an unknown compression, a deadline) gets the reason its code implies.
 * Anything else is a bug: the caller gets INTERNAL with the id of the line `log` gets, and never the text of the bug.
 */
export function toConnectError(thrown: unknown, log: Log = silentLog): ConnectError {
  if (thrown instanceof Failure) return fromFailure(thrown);
  if (thrown instanceof ConnectError) return withReason(thrown, log);
  if (thrown instanceof Error && thrown.name === "AbortError") return callerGone();
  return asBug(new ConnectError("", Code.Internal, undefined, undefined, thrown), log);
}

/** The call ended because the caller closed its stream or its connection. */
export function callerGone(): ConnectError {
  return withReason(new ConnectError("the caller went away", Code.Canceled), silentLog);
}

function withReason(error: ConnectError, log: Log): ConnectError {
  if (error.details.length > 0) return error;
  if (isUnreadable(error)) rewrite(error, { code: Code.InvalidArgument });
  const [, limitBytes] = readLimit.exec(error.rawMessage) ?? [];
  if (limitBytes !== undefined) return sayTooLarge(error, Number(limitBytes));
  if (isUnwritable(error)) return asBug(error, log);
  const reason = reasonOfCode[error.code] ?? ErrorReason.INTERNAL;
  addInfo(error, reason, {});
  if (reason === ErrorReason.FIELD_INVALID) {
    const fieldViolations = [{ field: "", description: error.rawMessage }];
    error.details.push({ desc: BadRequestSchema, value: { fieldViolations } });
  }
  return error;
}

/** The library's own way to say that a message is too large. */
const readLimit = /^message size (?:\d+ )?is larger than configured readMaxBytes (\d+)$/;

function sayTooLarge(error: ConnectError, limitBytes: number): ConnectError {
  const { message, reason, metadata } = tooLarge(limitBytes);
  rewrite(error, { rawMessage: message });
  addInfo(error, reason, metadata);
  return error;
}

/** The library calls a body that is not of the method's type an internal error; it is the caller's. */
function isUnreadable({ code, rawMessage }: ConnectError): boolean {
  return code === Code.Internal && rawMessage.startsWith("parse binary: ");
}

/** The handler returned what cannot be encoded. */
function isUnwritable({ code, rawMessage, cause }: ConnectError): boolean {
  return code === Code.Internal && (rawMessage.startsWith("serialize binary: ") || cause !== undefined);
}

/** A newer version was installed over the one that runs, and what is loaded late is gone. */
const wasReplaced = "the program was replaced on disk; restart the gateway: openclaw gateway restart";

/** Takes the error's text away from the caller and leaves the id it can be found by. */
function asBug(error: ConnectError, log: Log): ConnectError {
  const logId = randomBytes(6).toString("hex");
  const replaced = isLostModule(error.cause);
  log.error({ logId, error: error.cause ?? error.rawMessage }, replaced ? wasReplaced : "a call failed by a bug");
  rewrite(error, { rawMessage: replaced ? wasReplaced : `an error inside the gateway; look for ${logId} in its log` });
  addInfo(error, ErrorReason.INTERNAL, { log_id: logId });
  return error;
}

/** Changes an error the library has already thrown and is about to send. */
function rewrite(error: ConnectError, change: { readonly code?: Code; readonly rawMessage?: string }): void {
  Object.assign(error, change);
}

function addInfo(error: ConnectError, reason: ErrorReason, metadata: Readonly<Record<string, string>>): void {
  const value = { reason: reasonName(reason), domain: errorDomain, metadata: { ...metadata } };
  error.details.push({ desc: ErrorInfoSchema, value });
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
  addInfo(error, reason, metadata);
  if (violations.length > 0) {
    error.details.push({ desc: BadRequestSchema, value: { fieldViolations: violations.map((each) => ({ ...each })) } });
  }
  if (retryAfterMs !== undefined) {
    error.details.push({ desc: RetryInfoSchema, value: { retryDelay: duration(retryAfterMs) } });
  }
  if (error.code === Code.FailedPrecondition && retryAfterMs === undefined && violations.length === 0) {
    const violation = { type: reasonName(reason), subject: metadata.name ?? "", description: message };
    error.details.push({ desc: PreconditionFailureSchema, value: { violations: [violation] } });
  }
  return error;
}

function duration(ms: number): MessageInitShape<typeof DurationSchema> {
  const whole = Math.floor(ms / 1000);
  return { seconds: BigInt(whole), nanos: Math.round((ms - whole * 1000) * 1e6) };
}
