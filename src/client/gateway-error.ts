/** What went wrong with a call, in a form a program can decide on. */

import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";

/** A wrong field of a request. */
export interface GatewayErrorViolation {
  /** Path as in a field mask: "session.title", "parts[0]". */
  readonly field: string;
  /** What is wrong with it. */
  readonly description: string;
}

interface GatewayErrorOptions {
  readonly code: Code;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly GatewayErrorViolation[];
  readonly retryAfterMs: number | undefined;
  readonly cause: unknown;
}

/** A failed call: the canonical code, the gateway's reason, and the details that came with it. */
export class GatewayError extends Error {
  /** Canonical code. Trouble on the way to the gateway is always `Code.Unavailable`. */
  readonly code: Code;
  /** Value of ErrorReason without its prefix ("NOT_FOUND", "SESSION_BUSY"); empty when the gateway did not answer. */
  readonly reason: string;
  /** Facts that belong to the reason, e.g. {current_etag}. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Wrong fields of the request; empty for other failures. */
  readonly violations: readonly GatewayErrorViolation[];
  /** When to come back, in ms; undefined when the gateway did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(options: GatewayErrorOptions) {
    super(options.message, { cause: options.cause });
    this.name = "GatewayError";
    this.code = options.code;
    this.reason = options.reason;
    this.metadata = options.metadata;
    this.violations = options.violations;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The cursor cannot be continued: events were missed for good. List the resources again and follow from the list's cursor. */
export class CursorLostError extends GatewayError {
  constructor(error: GatewayError) {
    super({ ...error, message: error.message, cause: error.cause });
    this.name = "CursorLostError";
  }
}

const domain = "gateway.openclaw";

/** Reads any thrown value, usually a ConnectError, as a GatewayError. A GatewayError comes back as it is. */
export function gatewayErrorFrom(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const error = ConnectError.from(thrown);
  const info = error.findDetails(ErrorInfoSchema).find((detail) => detail.domain === domain);
  const retryDelay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  const options: GatewayErrorOptions = {
    code: isConnectionTrouble(error) ? Code.Unavailable : error.code,
    reason: info?.reason ?? "",
    message: error.rawMessage || `the call failed with ${Code[error.code]}`,
    metadata: info?.metadata ?? {},
    violations: error.findDetails(BadRequestSchema).flatMap((detail) => detail.fieldViolations.map(toViolation)),
    retryAfterMs: retryDelay && Number(retryDelay.seconds) * 1000 + Math.ceil(retryDelay.nanos / 1e6),
    cause: thrown,
  };
  const failure = new GatewayError(options);
  return info?.reason === "CURSOR_EXPIRED" || info?.reason === "CURSOR_FOREIGN"
    ? new CursorLostError(failure)
    : failure;
}

/**
 * True when the error says that the call or its answer got lost on the way (refused, reset, cut, a proxy without its
 * gateway), so that nobody knows whether it was done. An error the gateway itself sent is never one.
 */
function isConnectionTrouble(error: ConnectError): boolean {
  if (error.findDetails(ErrorInfoSchema).some((detail) => detail.domain === domain)) return false;
  const codes = causeCodes(error);
  if (codes.some((code) => /CERT|TLS|SSL|SIGNATURE/.test(code))) return false;
  if (error.rawMessage.startsWith("unsupported content type")) return false;
  switch (error.code) {
    case Code.Unavailable:
    case Code.Aborted:
    case Code.DataLoss:
      return true;
    case Code.Unknown:
      return codes.length > 0 || isBrokenFetch(error.cause) || /^HTTP 5/.test(error.rawMessage);
    case Code.Internal:
    case Code.InvalidArgument:
      return codes.length > 0 || /premature|incomplete|missing EndStream/i.test(error.rawMessage);
    default:
      return false;
  }
}

/** True for what fetch and its body reader throw when the connection breaks; each browser words it differently. */
function isBrokenFetch(cause: unknown): boolean {
  return typeof cause === "string" || cause instanceof TypeError || cause instanceof SyntaxError;
}

/** Machine-readable codes ("ECONNRESET", "UND_ERR_SOCKET") in the chain of causes. */
function causeCodes(error: Error): string[] {
  const codes: string[] = [];
  let cause: unknown = error;
  for (let depth = 0; depth < 8 && cause instanceof Error; depth += 1) {
    if ("code" in cause && typeof cause.code === "string") codes.push(cause.code);
    cause = cause.cause;
  }
  return codes;
}

function toViolation(violation: GatewayErrorViolation): GatewayErrorViolation {
  return { field: violation.field, description: violation.description };
}
