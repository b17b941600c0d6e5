/** Brings the text index up to date with the transcripts: writing a message leaves that for later. */

import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../errors.ts";
import type { Store } from "../store.ts";

/** Messages indexed in one transaction: it takes a few milliseconds. */
const messagesAtOnce = 100;

/**
 * Resolves when everything written before is in the index, or the store takes no changes now: what is not indexed is found all
 * the same, only slower.
 */
export async function indexTexts(store: Store): Promise<void> {
  if (store.readOnlyReason !== undefined) return;
  try {
    let indexed: number;
    do {
      indexed = await store.transact(({ messages }) => messages.index(messagesAtOnce));
    } while (indexed === messagesAtOnce);
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== ErrorReason.READ_ONLY) throw error;
  }
}
