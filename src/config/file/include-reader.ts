/** Reads a file and those it includes: `{$include: "models.json"}`, `{$include: ["a.json", "b.json"], port: 1}`. */

import { realpath } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { ConfigError } from "../config-error.ts";
import { displayPath, expandPath, readVariable, type Surroundings } from "../environment.ts";
import { type ConfigText, ConfigTree, mergeNodes, type TreeNode } from "./config-tree.ts";
import { formatPath, Json5Source, type KeyPath } from "./json5-source.ts";
import { readTextFile } from "./read-text-file.ts";

const maxDepth = 10;
const maxFiles = 200;
const maxPathLength = 4_096;

/** Texts that stand for what is on the disk, by absolute path: what would be, when a change is only tried. Null: no file. */
export type TextOverlay = ReadonlyMap<string, string | null>;

/** The word that stands for another file. */
const includeKey = "$include";

/**
 * Reads them all; undefined when the file itself does not exist. Throws a ConfigError that names file, line and key for text
 * that is no JSON5, for a file that cannot be read, that lies outside the folder of the configuration and
 * OPENCLAW_INCLUDE_ROOTS, and for files that include themselves.
 */
export async function readConfigTree(
  path: string,
  surroundings: Surroundings,
  overlay: TextOverlay = new Map(),
): Promise<ConfigTree | undefined> {
  const display = displayPath(path, surroundings.home);
  const text = overlay.get(path) ?? (overlay.has(path) ? undefined : await readTextFile(path, display));
  if (text === undefined) return undefined;
  const reader = new IncludeReader(path, surroundings, overlay);
  return await reader.readRoot(parseText(path, display, text));
}

/** Parses one file. Throws a ConfigError with every problem of the text. */
function parseText(path: string, display: string, text: string): ConfigText {
  const source = Json5Source.parse(text);
  if (source instanceof Json5Source && source.duplicates.length === 0) return { path, display, text, source };
  const problems = source instanceof Json5Source ? source.duplicates : [source];
  throw new ConfigError(
    problems.map(({ path: keys, text: what, line, column }) => ({
      subject: formatPath(keys) || "the file",
      text: what,
      place: `${display}:${line}:${column}`,
    })),
  );
}

/** Where an include stands, and the files that led there. */
interface Standing {
  readonly file: ConfigText;
  /** Keys to the value of $include, from the file's root. */
  readonly path: KeyPath;
  readonly chain: readonly string[];
}

class IncludeReader {
  readonly #folder: string;
  readonly #surroundings: Surroundings;
  readonly #overlay: TextOverlay;
  readonly #files = new Map<string, ConfigText>();

  constructor(path: string, surroundings: Surroundings, overlay: TextOverlay) {
    this.#folder = dirname(path);
    this.#surroundings = surroundings;
    this.#overlay = overlay;
  }

  async readRoot(file: ConfigText): Promise<ConfigTree> {
    this.#files.set(file.path, file);
    const root = await this.#node({ file, path: [], chain: [file.path] }, file.source.value);
    return new ConfigTree(root, [...this.#files.values()]);
  }

  async #node({ file, path, chain }: Standing, value: unknown): Promise<TreeNode> {
    const at = { file, path, merged: false };
    if (Array.isArray(value)) {
      const elements = [];
      for (const [index, element] of value.entries()) {
        elements.push(await this.#node({ file, path: [...path, index], chain }, element));
      }
      return { ...at, value: elements };
    }
    if (typeof value !== "object" || value === null) return { ...at, value: { plain: value } };
    const members = new Map<string, TreeNode>();
    const { [includeKey]: included, ...others } = value as Record<string, unknown>;
    for (const [key, member] of Object.entries(others)) {
      members.set(key, await this.#node({ file, path: [...path, key], chain }, member));
    }
    if (included === undefined) return { ...at, value: members };
    const base = await this.#include({ file, path: [...path, includeKey], chain }, included);
    if (members.size === 0) return base;
    if (base.value instanceof Map) return mergeNodes(base, { ...at, value: members });
    throw problemAt({ file, path }, "stands beside other keys, and the file holds no object", "include an object");
  }

  async #include(at: Standing, named: unknown): Promise<TreeNode> {
    const names = Array.isArray(named) ? named : [named];
    const nodes: TreeNode[] = [];
    for (const name of names) {
      if (typeof name !== "string" || name === "") throw problemAt(at, "must be a path, or a list of them");
      nodes.push(await this.#read(at, name));
    }
    const [first, ...more] = nodes;
    if (first === undefined) throw problemAt(at, "names no file", "name one, or leave it out");
    return more.reduce((base, over) => {
      if (base.value instanceof Map && over.value instanceof Map) return mergeNodes(base, over);
      throw problemAt(at, "names several files, and not all of them hold an object", "include objects");
    }, first);
  }

  async #read(at: Standing, name: string): Promise<TreeNode> {
    const path = await this.#confine(at, name);
    if (at.chain.includes(path)) throw problemAt(at, `includes itself: ${name}`, "remove one of the two");
    if (at.chain.length > maxDepth) throw problemAt(at, `is nested more than ${maxDepth} files deep`);
    const file = this.#files.get(path) ?? (await this.#open(at, path));
    this.#files.set(path, file);
    if (this.#files.size > maxFiles) throw problemAt(at, `would be file number ${maxFiles + 1}`, "include fewer files");
    return await this.#node({ file, path: [], chain: [...at.chain, path] }, file.source.value);
  }

  async #open(at: Standing, path: string): Promise<ConfigText> {
    const display = displayPath(path, this.#surroundings.home);
    const text = this.#overlay.get(path) ?? (await readTextFile(path, display));
    if (text === undefined)
      throw problemAt(at, `names ${display}, which does not exist`, "make it, or correct the path");
    return parseText(path, display, text);
  }

  /** The path without symbolic links, if it lies where files may be included from. */
  async #confine(at: Standing, name: string): Promise<string> {
    if (name.length >= maxPathLength || name.includes("\0")) throw problemAt(at, "is no path a file can have");
    const { home, environment } = this.#surroundings;
    const wanted = expandPath(name, dirname(at.file.path), home);
    const roots = (readVariable(environment, "OPENCLAW_INCLUDE_ROOTS") ?? "").split(delimiter).filter(isAbsolute);
    const allowed = await Promise.all([this.#folder, ...roots].map(realPath));
    const real = await realPath(wanted);
    if (allowed.some((folder) => isBelow(real, folder))) return real;
    throw problemAt(
      at,
      `names ${displayPath(real, home)}, which is outside the folder of the configuration`,
      "move the file there, or name its folder in OPENCLAW_INCLUDE_ROOTS",
    );
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Follows every link; what does not exist yet is where its folder is. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(await realPath(parent), relative(parent, path));
  }
}

function problemAt({ file, path }: Pick<Standing, "file" | "path">, text: string, hint?: string): ConfigError {
  const { line, column } = file.source.placeOfValue(path);
  const place = `${file.display}:${line}:${column}`;
  return new ConfigError([{ subject: formatPath(path), text, place, ...(hint === undefined ? {} : { hint }) }]);
}
