/** Scopes: what a caller may do, and what one scope implies. */

import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { invalidField, scopeMissing } from "../errors.ts";

/** Who calls, and what it may do. */
export interface Caller {
  /** "token", "password", "loopback", "tokens/{token}" or "devices/{device}". */
  readonly principal: string;
  /** Every scope it holds, implied ones included. */
  readonly scopes: readonly Scope[];
  /** When its credential ends, ms since the epoch; undefined: never. */
  readonly expireTimeMs?: number | undefined;
  /**
   * Aborted when the credential ends or allows less, with the Failure to tell: whatever still goes on for the caller then ends.
   * Undefined: never.
   */
  readonly ended?: AbortSignal;
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

/**
 * Fails with SCOPE_MISSING unless the caller may give these scopes to somebody else: those it holds, and with ADMIN also NODE,
 * which is no power over the gateway but the duty to serve it.
 */
export function requireGrantable(caller: Caller, scopes: readonly Scope[]): void {
  const mayGive = caller.scopes.includes(Scope.ADMIN) ? [...caller.scopes, Scope.NODE] : caller.scopes;
  const missing = expandScopes(scopes).find((scope) => !mayGive.includes(scope));
  if (missing !== undefined) throw scopeMissing(missing, caller.scopes);
}

/** The scopes ascending, without repeats. Fails with FIELD_INVALID when one of them is none. */
export function checkScopes(scopes: readonly Scope[], field: string): Scope[] {
  const unknown = scopes.find(
    (scope) => scope === Scope.UNSPECIFIED || !(Object.values(Scope) as number[]).includes(scope),
  );
  if (unknown !== undefined) throw invalidField(field, `${unknown} is no scope`);
  return [...new Set(scopes)].sort((a, b) => a - b);
}
