/** Why a run or a model call failed: the failures that end up in Run.error. */

import { create } from "@bufbuild/protobuf";
import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { type RunError, RunErrorSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Failure } from "../errors.ts";

/** Domain of every google.rpc.ErrorInfo the gateway makes. */
export const errorDomain = "gateway.openclaw";

/** The gateway stopped during the run, once too often. */
export function runInterrupted(attempts: number): Failure {
  return new Failure({
    code: Code.ABORTED,
    reason: ErrorReason.RUN_INTERRUPTED,
    message: `the gateway stopped during this run, ${attempts} times by now; ask again`,
    metadata: { attempts: String(attempts) },
  });
}

/** The run took too long. */
export function runTimeout(timeoutMs: number): Failure {
  return new Failure({
    code: Code.DEADLINE_EXCEEDED,
    reason: ErrorReason.RUN_TIMEOUT,
    message: `the run took longer than its timeout of ${timeoutMs / 1000} s`,
  });
}

/** The run made no progress. */
export function leaseExpired(leaseMs: number): Failure {
  return new Failure({
    code: Code.ABORTED,
    reason: ErrorReason.LEASE_EXPIRED,
    message: `the run made no progress for ${leaseMs / 1000} s and was given up; ask again`,
  });
}

/** The run was stopped on request. */
export function runCancelled(reason: string): Failure {
  return new Failure({ code: Code.CANCELLED, reason: ErrorReason.RUN_CANCELLED, message: reason });
}

/** The agent did not come to an end. */
export function tooManySteps(limit: number): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.TOO_MANY_STEPS,
    message: `the agent called tools in ${limit} steps without coming to an answer`,
    metadata: { limit: String(limit) },
  });
}

/** The model reference cannot be used; `why` says what to do. */
export function modelUnusable(model: string, why: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.MODEL_UNUSABLE,
    message: `model ${model} cannot be used: ${why}`,
    metadata: { model },
  });
}

/** What is known about a failed model call. */
export interface ModelFailureOptions {
  readonly model: string;
  /** What happened, in words, without secrets. */
  readonly detail: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** When the provider said to come back. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The provider could not be reached, answered with a server error, or broke off: worth another try. */
export function modelUnavailable(options: ModelFailureOptions): Failure {
  return modelFailure(
    { code: Code.UNAVAILABLE, reason: ErrorReason.MODEL_UNAVAILABLE, what: "could not be reached" },
    options,
  );
}

/** The provider limits the caller or is overloaded: worth another try, later. */
export function modelOverloaded(options: ModelFailureOptions): Failure {
  const what = "is overloaded or limits this key";
  return modelFailure({ code: Code.RESOURCE_EXHAUSTED, reason: ErrorReason.MODEL_OVERLOADED, what }, options);
}

/** The provider refused the request: another try would be refused too. */
export function modelRefused(options: ModelFailureOptions): Failure {
  const what = "refused the request";
  return modelFailure({ code: Code.FAILED_PRECONDITION, reason: ErrorReason.MODEL_REFUSED, what }, options);
}

/** The provider refused the key. */
export function modelKeyRefused(options: ModelFailureOptions): Failure {
  const what = "refused the key";
  return modelFailure({ code: Code.FAILED_PRECONDITION, reason: ErrorReason.MODEL_KEY_REFUSED, what }, options);
}

/** The transcript does not fit the model. */
export function contextFull(options: ModelFailureOptions): Failure {
  const what = "cannot read a conversation this long";
  return modelFailure({ code: Code.OUT_OF_RANGE, reason: ErrorReason.CONTEXT_FULL, what }, options);
}

/** The failure as Run.error carries it. */
export function toRunError({ code, reason, message, metadata }: Failure): RunError {
  return create(RunErrorSchema, { code, reason, message, metadata: { ...metadata } });
}

interface ModelFailureKind {
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly what: string;
}

function modelFailure({ code, reason, what }: ModelFailureKind, options: ModelFailureOptions): Failure {
  const metadata: Record<string, string> = { model: options.model };
  if (options.status !== undefined) metadata.status = String(options.status);
  return new Failure({
    code,
    reason,
    message: `model ${options.model} ${what}: ${options.detail}`,
    metadata,
    retryAfterMs: options.retryAfterMs,
    cause: options.cause,
  });
}
