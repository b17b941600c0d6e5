/** What changed between two revisions, as people read it: without secrets, with a word where one changed. */

import { unifiedDiff } from "../../lib/line-diff.ts";
import { valueAtPath } from "../edit/key-path.ts";
import type { Surroundings } from "../environment.ts";
import { displayPath } from "../environment.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { readConfigTree } from "../file/include-reader.ts";
import type { KeyPath } from "../file/json5-source.ts";
import { redactTexts } from "./redact.ts";
import { textsOf } from "./revision-files.ts";
import type { Revision } from "./revision-store.ts";

/** One side of a comparison: the configuration as it was, and what it is called. */
export interface DiffSide {
  readonly name: string;
  /** Undefined when there was no file. */
  readonly tree: ConfigTree | undefined;
}

/** The files of a revision, as if they were on the disk. */
export async function treeOf(
  path: string,
  revision: Pick<Revision, "files">,
  surroundings: Surroundings,
): Promise<ConfigTree | undefined> {
  return await readConfigTree(path, surroundings, textsOf(path, revision));
}

/** `diff -u` of every file, one after the other; empty when they are the same. */
export async function diffTrees(before: DiffSide, after: DiffSide, home: string): Promise<string> {
  const { configJsonSchema } = await import("../config-schema.ts");
  const schema = configJsonSchema();
  const texts = [before, after].map(({ tree }, side) => {
    const other = (side === 0 ? after : before).tree;
    const word = side === 0 ? "before" : "after";
    return tree === undefined ? new Map<string, string>() : redactTexts(tree, schema, mask(other, word));
  }) as [Map<string, string>, Map<string, string>];
  const paths = new Set([...texts[0].keys(), ...texts[1].keys()]);
  return [...paths]
    .map((path) => {
      const shown = displayPath(path, home);
      const names = [`${shown} (${before.name})`, `${shown} (${after.name})`] as const;
      return unifiedDiff(texts[0].get(path) ?? "", texts[1].get(path) ?? "", names);
    })
    .join("");
}

/** A secret that is the same on both sides looks the same, one that changed does not; neither says anything about it. */
function mask(other: ConfigTree | undefined, word: string): (path: KeyPath, secret: string) => string {
  return (path, secret) => {
    const counterpart = valueAtPath(other?.written, path);
    return counterpart === undefined || counterpart === secret ? "(secret)" : `(secret, ${word} the change)`;
  };
}
