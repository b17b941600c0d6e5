/** Versions of the configuration's files. */

import { createHash } from "node:crypto";
import type { ConfigTree } from "./config-tree.ts";

/** Etag of a configuration that has no file. */
const absentEtag = "absent";

/** The same for the same files with the same text, on any machine; nothing about the text can be learnt from it. */
export function etagOf(tree: ConfigTree | undefined): string {
  if (tree === undefined) return absentEtag;
  const hash = createHash("sha256");
  for (const { text } of tree.files) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest("base64url").slice(0, 22);
}
