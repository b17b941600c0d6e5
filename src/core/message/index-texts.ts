/** Brings the text index up to date with the transcripts: writing a message leaves that for later. */

import type { Store } from "../store.ts";

/** Messages indexed in one transaction: it takes a few milliseconds. */
const messagesAtOnce = 100;

/** Resolves when everything written before is found by a search. Does nothing in a store that is read-only. */
export async function indexTexts(store: Store): Promise<void> {
  if (store.readOnlyReason !== undefined) return;
  let indexed: number;
  do {
    indexed = await store.transact(({ messages }) => messages.index(messagesAtOnce));
  } while (indexed === messagesAtOnce);
}
