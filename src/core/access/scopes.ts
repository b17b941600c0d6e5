/** Scopes: what a caller may do, and what one scope implies. */

import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";

/** Who calls, and what it may do. */
export interface Caller {
  /** "token", "password" or "loopback". */
  readonly principal: string;
  /** Every scope it holds, implied ones included. */
  readonly scopes: readonly Scope[];
}

const implied: Partial<Record<Scope, readonly Scope[]>> = {
  [Scope.WRITE]: [Scope.READ],
  [Scope.ADMIN]: [Scope.READ, Scope.WRITE, Scope.APPROVE, Scope.PAIR],
};

/** The granted scopes with all they imply, ascending, without repeats. */
export function expandScopes(granted: readonly Scope[]): Scope[] {
  const all = new Set<Scope>(granted);
  for (const scope of granted) for (const more of implied[scope] ?? []) all.add(more);
  return [...all].sort((a, b) => a - b);
}

/** True when the caller holds the scope. */
export function holds(caller: Caller, scope: Scope): boolean {
  return caller.scopes.includes(scope);
}
