/** From changes of the whole configuration to changes of the files it is written in. */

import { ConfigError } from "../config-error.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { formatPath } from "../file/json5-source.ts";
import { type ConfigEdit, editText } from "./edit-text.ts";
import { valueAtPath } from "./key-path.ts";
import { sameValue } from "./plain-value.ts";

/**
 * The new text of every file that changes, by absolute path. A change goes to the file the value stands in; a new key to the
 * file its object stands in. Without a tree, everything goes to `path`. Throws a ConfigError as editText.
 */
export function placeEdits(
  path: string,
  tree: ConfigTree | undefined,
  edits: readonly ConfigEdit[],
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const { file, own } = tree === undefined ? { file: undefined, own: edit } : placeOf(tree, edit);
    const target = file?.path ?? path;
    const known = texts.get(target) ?? file?.text ?? "";
    const text = editText(known, [own]);
    if (text !== known) texts.set(target, text);
  }
  return texts;
}

/** Throws a ConfigError when an include has another word to say about what was changed. */
export function requireEdits(tree: ConfigTree | undefined, edits: readonly ConfigEdit[]): void {
  const last = new Map(edits.map((edit) => [formatPath(edit.path), edit]));
  for (const [subject, { path, value }] of last) {
    const overruled = edits.some((other) => other.path !== path && touches(other, path));
    if (overruled || sameValue(valueAtPath(tree?.written, path), value)) continue;
    throw new ConfigError([
      {
        subject: subject || "the file",
        text: "is made of several files, and cannot be changed as one",
        ...(tree === undefined ? {} : { place: tree.placeOfValue(path) }),
        hint: "edit the included file by hand",
      },
    ]);
  }
}

/** What else was changed above or below the path, or beside it in the same list, can rightly have changed it again. */
function touches(other: ConfigEdit, path: ConfigEdit["path"]): boolean {
  const length = Math.min(other.path.length, path.length);
  const shared = other.path.slice(0, length).findIndex((part, index) => part !== path[index]);
  return shared === -1 || (typeof other.path[shared] === "number" && other.value === undefined);
}

function placeOf(
  tree: ConfigTree,
  { path, value }: ConfigEdit,
): { file: ConfigTree["files"][number]; own: ConfigEdit } {
  const place = tree.locate(path);
  // A whole included file cannot be taken away by changing it: what names it has to go.
  if (value === undefined && place.path.length === 0 && path.length > 0) {
    const above = tree.locate(path.slice(0, -1));
    return { file: above.file, own: { path: [...above.path, ...path.slice(-1)], value } };
  }
  return { file: place.file, own: { path: place.path, value } };
}
