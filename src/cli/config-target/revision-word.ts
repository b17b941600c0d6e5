/** Revisions as people name them. */

import { UsageError } from "../command/usage-error.ts";

/** The number: "12" or "config/revisions/12". Throws a UsageError for anything else. */
export function readRevision(word: string): number {
  const number = /^(?:config\/revisions\/)?(\d{1,8})$/.exec(word)?.[1];
  if (number !== undefined) return Number(number);
  throw new UsageError(`"${word}" is no revision`, "give its number: openclaw config history");
}
