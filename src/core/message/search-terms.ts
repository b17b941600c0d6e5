/** What a search box means: words that must all occur, "quoted words" that must stand together. */

import { invalidField } from "../errors.ts";

const maxTerms = 32;

/** The terms of a query. Fails with FIELD_INVALID when there are none or too many. */
export function searchTerms(query: string): string[] {
  const terms = [...query.matchAll(/"([^"]*)"|([^\s"]+)/g)]
    .map((match) => (match[1] ?? match[2] ?? "").trim())
    .filter((term) => /[\p{L}\p{N}]/u.test(term));
  if (terms.length === 0) throw invalidField("query", "has no words to search for");
  if (terms.length > maxTerms) throw invalidField("query", `has ${terms.length} words; at most ${maxTerms}`);
  return terms;
}
