/** What the door itself refuses: calls that never reach the core. */

import { Code } from "../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../core/errors.ts";

/** The Host or :authority is not one this gateway answers to. */
export function hostRefused(host: string): Failure {
  return new Failure({
    code: Code.PERMISSION_DENIED,
    reason: ErrorReason.ORIGIN_REFUSED,
    message: `this gateway does not answer to the host ${quote(host)}; use its own address or add the host to gateway.allowedHosts`,
    metadata: { host: host.slice(0, 255) },
  });
}

/** A page of this origin may not call the gateway. */
export function originRefused(origin: string): Failure {
  return new Failure({
    code: Code.PERMISSION_DENIED,
    reason: ErrorReason.ORIGIN_REFUSED,
    message: `pages of ${quote(origin)} may not call this gateway; add the origin to gateway.allowedOrigins`,
    metadata: { origin: origin.slice(0, 255) },
  });
}

/** Authentication is off, which is for this machine only, and the call came through a proxy. */
export function proxyRefused(): Failure {
  return new Failure({
    code: Code.PERMISSION_DENIED,
    reason: ErrorReason.ORIGIN_REFUSED,
    message:
      "without authentication only direct calls of this machine are served, not a proxy's; set gateway.auth.mode to token",
    metadata: { origin: "proxy" },
  });
}

/** No such service or method. */
export function methodUnknown(path: string): Failure {
  return new Failure({
    code: Code.UNIMPLEMENTED,
    reason: ErrorReason.METHOD_UNKNOWN,
    message: `${quote(path)} is not a method of this gateway; its methods are in proto/ and in its reflection service`,
    metadata: { name: path.slice(0, 255) },
  });
}

/** The method declares no access policy, so nobody may call it. */
export function policyMissing(name: string): Failure {
  return new Failure({
    code: Code.PERMISSION_DENIED,
    reason: ErrorReason.SCOPE_MISSING,
    message: `${name} declares no access policy, so nobody may call it`,
    metadata: { required: "none", held: "" },
  });
}

/** The request is larger than the gateway reads. */
export function tooLarge(limitBytes: number): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.TOO_LARGE,
    message: `the request is larger than ${limitBytes} bytes; send less at a time`,
    metadata: { limit: String(limitBytes) },
  });
}

/** The gateway's own deadline passed. */
export function overdue(limitMs: number): Failure {
  return new Failure({
    code: Code.DEADLINE_EXCEEDED,
    reason: ErrorReason.DEADLINE,
    message: `the call took longer than ${limitMs / 1000} s, the most one may take; send the request faster or ask for less`,
    metadata: { limit_ms: String(limitMs) },
  });
}

/** What the peer sent, short and in quotes. */
function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
