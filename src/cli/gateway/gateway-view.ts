/** The gateway as people read it. */

import { type Caller, type Gateway, Gateway_StateSchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { ScopeSchema } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { enumWord } from "../terminal/enum-word.ts";

/** "ready", "draining", "read only: the disk is full", … */
export function stateText({ state, stateReason }: Gateway): string {
  return [enumWord(Gateway_StateSchema, state), stateReason].filter(Boolean).join(": ");
}

/** "read", "write", … */
export function scopeWords({ scopes }: Caller): string[] {
  return scopes.map((scope) => enumWord(ScopeSchema, scope));
}
