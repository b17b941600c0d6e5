/** Any text as an id that may stand in a resource name. */

import { createHash } from "node:crypto";

/** Longest id that is a text written out; longer ones end in a digest. */
const longestId = 120;

/**
 * The text with every byte that is not [A-Za-z0-9._-] as ~XX (upper-case hexadecimal). One that gets too long is cut and ends
 * in "~~" and a digest, which no other text can give.
 */
export function escapedId(text: string): string {
  let id = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    id += /[A-Za-z0-9._-]/.test(character) ? character : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  if (id.length <= longestId) return id;
  return `${id.slice(0, 80)}~~${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}
