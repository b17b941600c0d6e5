/** What a driver can be told. */

import { Code } from "../../../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../../errors.ts";

/** The channel is for another principal. */
export function driverRefused(channel: string, principal: string): Failure {
  return new Failure({
    code: Code.PERMISSION_DENIED,
    reason: ErrorReason.SCOPE_MISSING,
    message: `only ${principal} may be ${channel}; use its token, or change driverPrincipal in the configuration`,
    metadata: { required: principal, held: "" },
  });
}
