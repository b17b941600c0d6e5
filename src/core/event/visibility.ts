/** Which events a caller may see: data in the contract (`visible_to`), not code. */

import { getOption, hasOption } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Scope, visible_to } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { type Caller, holds } from "../access/scopes.ts";

const scopeByCase = new Map<string, Scope>();
for (const field of EventSchema.fields) {
  if (field.oneof?.localName !== "resource") continue;
  scopeByCase.set(field.localName, hasOption(field, visible_to) ? getOption(field, visible_to) : Scope.READ);
}

/** True when the caller holds the scope that events of this kind want. An event of an unknown kind is seen by nobody. */
export function isVisible(event: Event, caller: Caller): boolean {
  const scope = scopeByCase.get(event.resource.case ?? "");
  return scope !== undefined && holds(caller, scope);
}
