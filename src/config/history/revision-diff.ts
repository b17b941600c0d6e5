/** What changed between two revisions, as people read it: without secrets, with a word where one changed. */

import { unifiedDiff } from "../../lib/text/line-diff.ts";
import { valueAtPath } from "../edit/key-path.ts";
import type { Surroundings } from "../environment.ts";
import { displayPath } from "../environment.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { readConfigTree } from "../file/include-reader.ts";
import { formatPath, type KeyPath } from "../file/json5-source.ts";
import { redactTexts } from "./redact.ts";
import { textsOf } from "./revision-files.ts";
import { noRevision, type Revision, type RevisionStore } from "./revision-store.ts";

/** One side of a comparison: the configuration as it was, and what it is called. */
interface DiffSide {
  readonly name: string;
  /** Undefined when there was no file. */
  readonly tree: ConfigTree | undefined;
}

/** The files of a revision, as if they were on the disk. */
async function treeOf(
  path: string,
  revision: Pick<Revision, "files">,
  surroundings: Surroundings,
): Promise<ConfigTree | undefined> {
  return await readConfigTree(path, surroundings, textsOf(path, revision));
}

/** Where revisions are, and what they are of. */
export interface RevisionPlace {
  readonly path: string;
  readonly revisions: RevisionStore;
  readonly surroundings: Surroundings;
}

/** What a revision changed; empty when the one before it is not kept any more. */
export async function diffOfRevision(place: RevisionPlace, revision: Revision): Promise<string> {
  const before = await place.revisions.find(revision.number - 1);
  if (before === undefined && revision.number > 1) return "";
  return await compare(place, before ?? { number: 0, files: [] }, revision);
}

/** What lies between two revisions. Throws a ConfigError when one of them is not kept. */
export async function diffRevisions(place: RevisionPlace, from: number, to: number): Promise<string> {
  const [before, after] = await Promise.all([from, to].map((number) => place.revisions.find(number)));
  if (before === undefined) throw noRevision(from);
  if (after === undefined) throw noRevision(to);
  return await compare(place, before, after);
}

type Side = Pick<Revision, "number" | "files">;

async function compare({ path, surroundings }: RevisionPlace, before: Side, after: Side): Promise<string> {
  const trees = await Promise.all([before, after].map((one) => treeOf(path, one, surroundings)));
  const sides = [before, after].map(({ number }, index) => ({ name: `revision ${number}`, tree: trees[index] }));
  return await diffTrees(sides[0] as DiffSide, sides[1] as DiffSide, surroundings.home);
}

/** `diff -u` of every file, one after the other; empty when they are the same. */
async function diffTrees(before: DiffSide, after: DiffSide, home: string): Promise<string> {
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
function mask(other: ConfigTree | undefined, word: string): (path: KeyPath, secret: unknown) => string {
  // More than one where a file goes over another.
  const there = Map.groupBy(other?.leaves() ?? [], ({ path }) => formatPath(path));
  return (path, secret) => {
    const same = there.get(formatPath(path))?.some(({ plain }) => plain === secret);
    return same || valueAtPath(other?.written, path) === undefined ? "(secret)" : `(secret, ${word} the change)`;
  };
}
