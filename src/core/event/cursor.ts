/** Cursors: opaque positions in the event log. */

import { cursorForeign, invalidField } from "../errors.ts";

/** The cursor right after the event with this sequence (0: before the first). */
export function encodeCursor(logId: string, sequence: number): string {
  return Buffer.from(`${logId}:${sequence}`).toString("base64url");
}

/** The sequence inside a cursor of this log. Fails with CURSOR_FOREIGN for another log and FIELD_INVALID for no cursor at all. */
export function decodeCursor(logId: string, cursor: string): number {
  const text = Buffer.from(cursor, "base64url").toString();
  const colon = text.lastIndexOf(":");
  const sequence = Number(text.slice(colon + 1));
  if (colon <= 0 || !Number.isSafeInteger(sequence) || sequence < 0) {
    throw invalidField("cursor", "is no cursor; use one that a list or a stream returned, or leave it empty");
  }
  if (text.slice(0, colon) !== logId) throw cursorForeign();
  return sequence;
}
