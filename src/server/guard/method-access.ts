/** What a method demands of its caller, as the contract declares it. */

import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { ServerReflection } from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { Health } from "../../../gen/health/v1/health_pb.ts";
import { policy, Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { policyMissing } from "../door-failures.ts";

/** What one method demands. */
export interface MethodAccess {
  /** "nobody": no credential; "anybody": any credential, whatever its scopes. */
  readonly scope: Scope | "nobody" | "anybody";
  /** True for a method that costs the gateway something though anybody may call it: such calls are counted by address. */
  readonly counted: boolean;
  /** True: also while the gateway starts, and short calls also while the server stops. */
  readonly always: boolean;
}

/**
 * What the method demands; reflection is open to everybody with `openReflection`. Fails with SCOPE_MISSING for a method whose
 * author forgot to say who may call it.
 */
export function accessOf(method: DescMethod, openReflection: boolean): MethodAccess {
  const service = method.parent.typeName;
  if (service === Health.typeName) return { scope: "nobody", counted: false, always: true };
  if (service === ServerReflection.typeName || service === ServerReflectionAlpha.typeName) {
    return { scope: openReflection ? "nobody" : Scope.READ, counted: false, always: false };
  }
  const declared = hasOption(method, policy) ? getOption(method, policy) : undefined;
  if (declared?.anonymous) return { scope: "nobody", counted: true, always: false };
  if (declared?.anyCredential) return { scope: "anybody", counted: false, always: false };
  if (declared === undefined || declared.scope === Scope.UNSPECIFIED) throw policyMissing(`${service}/${method.name}`);
  return { scope: declared.scope, counted: false, always: false };
}
