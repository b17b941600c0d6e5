/**
 * Everything a caller can be told about: one class, one function a failure.
 *
 * Codes are google.rpc.Code, reasons the contract's ErrorReason. The door maps them to the wire once.
 */

import { Code } from "../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";

/** A wrong field of a request: its path and what is wrong with it. */
export interface FieldViolation {
  /** Path as in a field mask: "session.title", "parts[0]". */
  readonly field: string;
  readonly description: string;
}

interface FailureOptions {
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly FieldViolation[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Something a caller can be told about. Anything else that is thrown is a bug. */
export class Failure extends Error {
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  /** When to come back, in ms; undefined when that would not help. */
  readonly retryAfterMs: number | undefined;

  constructor(options: FailureOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.code = options.code;
    this.reason = options.reason;
    this.metadata = options.metadata ?? {};
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

const reasonNames = new Map<number, string>(Object.entries(ErrorReason).map(([name, value]) => [value, name]));
const scopeNames = new Map<number, string>(Object.entries(Scope).map(([name, value]) => [value, name]));

/** The reason as google.rpc.ErrorInfo carries it: "NOT_FOUND", "QUEUE_FULL", … */
export function reasonName(reason: ErrorReason): string {
  return reasonNames.get(reason) ?? "INTERNAL";
}

/** The scope as people read it: "READ", "WRITE", … */
function scopeName(scope: Scope): string {
  return scopeNames.get(scope) ?? String(scope);
}

/** No resource has this name. */
export function notFound(name: string): Failure {
  return new Failure({
    code: Code.NOT_FOUND,
    reason: ErrorReason.NOT_FOUND,
    message: `${name} does not exist`,
    metadata: { name },
  });
}

/** A resource with this name exists already. `next` says what can be done instead. */
export function alreadyExists(name: string, next = "choose another id or update it"): Failure {
  return new Failure({
    code: Code.ALREADY_EXISTS,
    reason: ErrorReason.ALREADY_EXISTS,
    message: `${name} exists already; ${next}`,
    metadata: { name },
  });
}

/** One field of the request is wrong. */
export function invalidField(field: string, description: string): Failure {
  return invalidFields([{ field, description }]);
}

/** Several fields of the request are wrong; at least one. */
export function invalidFields(violations: readonly FieldViolation[]): Failure {
  return new Failure({
    code: Code.INVALID_ARGUMENT,
    reason: ErrorReason.FIELD_INVALID,
    message: violations.map((violation) => `${violation.field}: ${violation.description}`).join("; "),
    violations,
  });
}

/** The request_id was used with another body. */
export function requestIdReused(requestId: string): Failure {
  return new Failure({
    code: Code.INVALID_ARGUMENT,
    reason: ErrorReason.REQUEST_ID_REUSED,
    message: `request_id ${requestId} was used for another request in the last 24 hours; make a new UUID for each new request`,
    violations: [{ field: "request_id", description: "used with another body" }],
  });
}

/** The resource changed since the caller read it. */
export function etagMismatch(name: string, currentEtag: string): Failure {
  return new Failure({
    code: Code.ABORTED,
    reason: ErrorReason.ETAG_MISMATCH,
    message: `${name} changed meanwhile; read it again and repeat the change`,
    metadata: { name, current_etag: currentEtag },
  });
}

/** Events after the cursor are gone. */
export function cursorExpired(oldestCursor: string): Failure {
  return new Failure({
    code: Code.OUT_OF_RANGE,
    reason: ErrorReason.CURSOR_EXPIRED,
    message: "events after this cursor are no longer kept; list the resources again and watch from the list's cursor",
    metadata: { oldest_cursor: oldestCursor },
  });
}

/** The cursor belongs to another log. */
export function cursorForeign(): Failure {
  return new Failure({
    code: Code.OUT_OF_RANGE,
    reason: ErrorReason.CURSOR_FOREIGN,
    message: "the cursor belongs to another event log; list the resources again and watch from the list's cursor",
  });
}

/** The session has an active or queued run. */
export function sessionBusy(session: string, run: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.SESSION_BUSY,
    message: `${session} is busy with ${run}; wait for it or cancel it`,
    metadata: { name: session, run },
  });
}

/** The session's queue holds all it may. */
export function queueFull(session: string, limit: string): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.QUEUE_FULL,
    message: `the queue of ${session} is full (${limit}); try again when a run has ended`,
    metadata: { name: session, limit },
    retryAfterMs: 5_000,
  });
}

/** The resource may not be changed this way. */
export function protectedResource(name: string, why: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.PROTECTED,
    message: `${name} ${why}`,
    metadata: { name },
  });
}

/** Changes are refused: the store is damaged or the disk is full. */
export function readOnly(why: string, cause?: unknown): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.READ_ONLY,
    message: `nothing can be changed now: ${why}`,
    cause,
  });
}

/** No credential came with the call. */
export function credentialsMissing(hint: string): Failure {
  return new Failure({
    code: Code.UNAUTHENTICATED,
    reason: ErrorReason.CREDENTIALS_MISSING,
    message: `this gateway wants a credential: ${hint}`,
  });
}

/** The credential is wrong. */
export function credentialsInvalid(hint: string): Failure {
  return new Failure({
    code: Code.UNAUTHENTICATED,
    reason: ErrorReason.CREDENTIALS_INVALID,
    message: `the credential is not valid here: ${hint}`,
  });
}

/** The caller lacks a scope. */
export function scopeMissing(required: Scope, held: readonly Scope[]): Failure {
  const heldNames = held.map(scopeName).join(",");
  return new Failure({
    code: Code.PERMISSION_DENIED,
    reason: ErrorReason.SCOPE_MISSING,
    message: `this call needs scope ${scopeName(required)}; the credential holds ${heldNames || "none"}`,
    metadata: { required: scopeName(required), held: heldNames },
  });
}

/** Too many wrong credentials or calls. */
export function rateLimited(what: string, retryAfterMs: number): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.RATE_LIMITED,
    message: `too many ${what}; try again in ${Math.ceil(retryAfterMs / 1000)} s`,
    retryAfterMs,
  });
}

/** Too many open streams. */
export function tooManyStreams(limit: number): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.TOO_MANY_STREAMS,
    message: `too many open streams (at most ${limit}); close one first`,
    metadata: { limit: String(limit) },
    retryAfterMs: 1_000,
  });
}

/** The gateway cannot serve this yet, or no longer. */
export function unavailable(state: "starting" | "draining", retryAfterMs = 1_000): Failure {
  const starting = state === "starting";
  return new Failure({
    code: Code.UNAVAILABLE,
    reason: starting ? ErrorReason.STARTING : ErrorReason.DRAINING,
    message: starting
      ? "the gateway is starting; try again"
      : "the gateway is stopping; reconnect and continue where you were",
    retryAfterMs,
  });
}

/** The gateway would not come back from a restart: the configuration on disk cannot be run. */
export function restartRefused(why: string, cause: unknown): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.CONFIG_INVALID,
    message: `the gateway would not come back from a restart and goes on as it is: ${why}`,
    cause,
  });
}

/** A bug. Its details are in the log, never in the answer. */
export function internalError(logId = ""): Failure {
  return new Failure({
    code: Code.INTERNAL,
    reason: ErrorReason.INTERNAL,
    message:
      logId === "" ? "internal error; see the gateway's log" : `internal error; see ${logId} in the gateway's log`,
    metadata: logId === "" ? {} : { log_id: logId },
  });
}
