/** The files of a configuration as a revision keeps them, and back. */

import { rm } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { FaultPoint } from "../../lib/fault-point.ts";
import { writeAtomically } from "../edit/atomic-write.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import type { TextOverlay } from "../file/include-reader.ts";
import { readTextFile } from "../file/read-text-file.ts";
import type { Revision, RevisionFile } from "./revision-store.ts";

/** Every file of the tree; none without a tree. `path` is the configuration itself. */
export function filesOf(path: string, tree: ConfigTree | undefined): RevisionFile[] {
  const folder = dirname(path);
  return (tree?.files ?? []).map((file) => {
    const way = relative(folder, file.path);
    return { path: way.startsWith("..") || isAbsolute(way) ? file.path : way, text: file.text };
  });
}

/** The texts of a revision, by absolute path, wherever the configuration is now. */
export function textsOf(path: string, { files }: Pick<Revision, "files">): TextOverlay {
  const [first, ...included] = files;
  const texts = new Map<string, string | null>([[path, first?.text ?? null]]);
  for (const file of included) texts.set(resolve(dirname(path), file.path), file.text);
  return texts;
}

/** Writes what differs from the disk, included files first: no text ever names a file that is not there yet. */
export async function writeTexts(path: string, texts: TextOverlay, reached: FaultPoint): Promise<void> {
  const included = [...texts].filter(([name]) => name !== path);
  for (const [name, text] of included) if (text !== null) await writeIfOther(name, text, reached);
  const own = texts.get(path);
  if (typeof own === "string") await writeIfOther(path, own, reached);
  else if (own === null) await rm(path, { force: true });
}

/** Writes the file unless it holds this text already. */
export async function writeIfOther(path: string, text: string, reached?: FaultPoint): Promise<void> {
  if ((await readTextFile(path, path)) !== text) await writeAtomically(path, text, reached);
}
