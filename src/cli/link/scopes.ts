/** Scopes as people type and read them: "read", "write", … */

import { type Scope, ScopeSchema } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { findNearest } from "../../lib/text/nearest.ts";
import { UsageError } from "../command/usage-error.ts";
import { enumWord } from "../terminal/enum-word.ts";

const known = ScopeSchema.values.filter(({ number }) => number !== 0);
const words = known.map(({ localName }) => localName.toLowerCase());

/** The option of every command that grants something. */
export const scopeOption = {
  kind: "list",
  value: "scopes",
  help: `what it may do, comma-separated: ${words.join(", ")}`,
} as const;

/** "read,write" as scopes. Throws a UsageError for what is none. */
export function scopesFrom(typed: readonly string[]): Scope[] {
  const given = typed.flatMap((text) => text.toLowerCase().split(",")).map((word) => word.trim());
  return given.filter((word) => word !== "").map(scopeFrom);
}

/** "read, write". */
export function scopeWords(scopes: readonly Scope[]): string {
  return scopes.map((scope) => enumWord(ScopeSchema, scope)).join(", ");
}

function scopeFrom(word: string): Scope {
  const found = known.find(({ localName }) => localName.toLowerCase() === word.replace(/^scope_/, ""));
  if (found !== undefined) return found.number as Scope;
  const nearest = findNearest(word, words);
  throw new UsageError(
    `"${word}" is no scope`,
    nearest ? `did you mean ${nearest}?` : `choose from: ${words.join(", ")}`,
  );
}
