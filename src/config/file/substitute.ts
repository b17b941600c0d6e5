/** Environment variables inside configuration values. */

import { type Environment, readVariable } from "../environment.ts";
import type { KeyPath } from "./json5-source.ts";

/** A variable that a value names and nobody set; the value keeps its "${NAME}". */
export interface UnresolvedVariable {
  readonly path: KeyPath;
  readonly name: string;
}

/** The value with its variables filled in. */
export interface Substitution {
  readonly value: unknown;
  readonly unresolved: readonly UnresolvedVariable[];
}

/** The text as it is written so that substitution gives it back: what looks like a variable is none. */
export function literalText(text: string): string {
  return text.replace(/\$\{[A-Z_][A-Z0-9_]*\}/g, "$$$&");
}

/** True when substitution would look for a variable. */
export function namesVariable(text: string): boolean {
  return [...text.matchAll(reference)].some(([, dollar]) => dollar === "");
}

/** "$${NAME}" or "${NAME}", upper case only. */
const reference = /\$(\$?)\{([A-Z_][A-Z0-9_]*)\}/g;

/**
 * Replaces "${NAME}" in every string by the variable's value, and "$${NAME}" by the literal "${NAME}". What a variable
 * holds is not looked at again. The value is copied, not changed; keys stay as they are.
 */
export function substituteVariables(value: unknown, environment: Environment): Substitution {
  const unresolved: UnresolvedVariable[] = [];
  return { value: substitute(value, []), unresolved };

  function substitute(part: unknown, path: KeyPath): unknown {
    if (typeof part === "string") return substituteString(part, path);
    if (Array.isArray(part)) return part.map((element, index) => substitute(element, [...path, index]));
    if (typeof part !== "object" || part === null) return part;
    const copy: Record<string, unknown> = Object.create(null);
    for (const [key, member] of Object.entries(part)) copy[key] = substitute(member, [...path, key]);
    return copy;
  }

  function substituteString(text: string, path: KeyPath): string {
    return text.replace(reference, (whole, dollar: string, name: string) => {
      if (dollar !== "") return whole.slice(1);
      const found = readVariable(environment, name);
      if (found === undefined) unresolved.push({ path, name });
      return found ?? whole;
    });
  }
}
