/** The configuration as it is written, of one file or of several that include each other; each value knows where it stands. */

import type { Json5Source, KeyPath } from "./json5-source.ts";

/** One file. */
export interface ConfigText {
  /** Absolute. */
  readonly path: string;
  /** The path as people write it. */
  readonly display: string;
  readonly text: string;
  readonly source: Json5Source;
}

/** A place in a file. */
export interface WrittenPlace {
  readonly file: ConfigText;
  /** Keys from the file's own root. */
  readonly path: KeyPath;
}

/** A value with its place. An object or a list has nodes below it. */
export interface TreeNode extends WrittenPlace {
  /** Several files say something about this object. */
  readonly merged: boolean;
  /** What stands here in files that this one goes over. */
  readonly beneath?: readonly TreeNode[];
  readonly value: ReadonlyMap<string, TreeNode> | readonly TreeNode[] | { readonly plain: unknown };
}

/** A value without members. */
export interface TreeLeaf {
  readonly node: TreeNode;
  /** Keys from the root of the whole. */
  readonly path: KeyPath;
  readonly plain: unknown;
}

/** Every file together. */
export class ConfigTree {
  /** The file itself first, then those it includes. */
  readonly files: readonly ConfigText[];
  /** The value as it is written, includes in place; variables and secret references are still what they are. */
  readonly written: unknown;
  readonly #root: TreeNode;

  constructor(root: TreeNode, files: readonly ConfigText[]) {
    this.#root = root;
    this.files = files;
    this.written = plainValue(root);
  }

  /** Every text, number and other value without members, with its path in the whole; also where another file goes over it. */
  leaves(): TreeLeaf[] {
    return leavesOf(this.#root, []);
  }

  /** Where the value stands, "~/.openclaw/openclaw.json:3:5"; one that is not there, where the nearest above it does. */
  placeOfValue(path: KeyPath): string {
    const { file, path: own } = this.locate(path);
    const { line, column } = file.source.placeOfValue(own);
    return `${file.display}:${line}:${column}`;
  }

  /** Where the key of the value stands. */
  placeOfKey(path: KeyPath): string {
    const { file, path: own } = this.locate(path);
    const { line, column } = file.source.placeOfKey(own);
    return `${file.display}:${line}:${column}`;
  }

  /**
   * The file the value belongs to, and where in it. `merged` when an object above it, or it itself, is made of several files:
   * then nobody can say which of them a new key belongs to. A value that is not there belongs to the nearest above it.
   */
  locate(path: KeyPath): WrittenPlace & { readonly merged: boolean } {
    let node = this.#root;
    let { merged } = node;
    for (const [index, part] of path.entries()) {
      const below = childOf(node, part);
      if (below === undefined) return { file: node.file, path: [...node.path, ...path.slice(index)], merged };
      node = below;
      merged ||= node.merged;
    }
    return { file: node.file, path: node.path, merged };
  }
}

/** Both, key by key; what `over` says counts. Lists are not joined. */
export function mergeNodes(base: TreeNode, over: TreeNode): TreeNode {
  if (!(base.value instanceof Map) || !(over.value instanceof Map)) {
    return { ...over, beneath: [...(over.beneath ?? []), base] };
  }
  const members = new Map<string, TreeNode>(base.value);
  for (const [key, node] of over.value as ReadonlyMap<string, TreeNode>) {
    const known = members.get(key);
    members.set(key, known === undefined ? node : mergeNodes(known, node));
  }
  const beneath = [...(base.beneath ?? []), ...(over.beneath ?? [])];
  return { file: over.file, path: over.path, merged: true, beneath, value: members };
}

function childOf({ value }: TreeNode, part: PropertyKey): TreeNode | undefined {
  if (value instanceof Map) return value.get(String(part));
  return Array.isArray(value) ? value[Number(part)] : undefined;
}

function leavesOf(node: TreeNode, path: KeyPath): TreeLeaf[] {
  const { value, beneath = [] } = node;
  const covered = beneath.flatMap((one) => leavesOf(one, path));
  if (value instanceof Map)
    return [...covered, ...[...value].flatMap(([key, child]) => leavesOf(child, [...path, key]))];
  if (Array.isArray(value)) return [...covered, ...value.flatMap((child, index) => leavesOf(child, [...path, index]))];
  return [...covered, { node, path, plain: plainValue(node) }];
}

/** Objects have no prototype, so that no key is special. */
function plainValue({ value }: TreeNode): unknown {
  if (value instanceof Map) {
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, node] of value) object[key] = plainValue(node);
    return object;
  }
  return Array.isArray(value) ? value.map(plainValue) : (value as { readonly plain: unknown }).plain;
}
