/** Labels as they are typed: "key=value". */

import { UsageError } from "../../command/usage-error.ts";

/** Splits each at its first "=". Throws a UsageError where there is none. */
export function labelPairs(typed: readonly string[]): (readonly [key: string, value: string])[] {
  return typed.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`--label is "${text}"`, "write --label key=value");
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
}
