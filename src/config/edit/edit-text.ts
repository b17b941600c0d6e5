/**
 * Changes of one value in JSON5 text. Everything else stays as it is written: comments, order, quotes, blank lines and
 * commas. Comments go only with a value they stand in.
 */

import type { ArrayNode, ObjectNode, ValueNode } from "@humanwhocodes/momoa";
import { configError } from "../config-error.ts";
import { childNode, formatPath, type KeyPath, nodeValue } from "../file/json5-source.ts";
import { type Insertion, insertInto } from "./insert-text.ts";
import { ParsedText } from "./parsed-text.ts";
import { isObject, sameValue } from "./plain-value.ts";
import { removeFrom } from "./remove-text.ts";

/** One change: what is to stand at the path; undefined when nothing is. */
export interface ConfigEdit {
  /** Keys and indexes; an index that is the length of a list adds to it. */
  readonly path: KeyPath;
  readonly value: unknown;
}

/**
 * The text with the changes made, one after the other. Empty text is an empty document. Throws a ConfigError for a path that
 * leads through something that has no keys, or beyond the end of a list, and for values JSON cannot hold.
 */
export function editText(text: string, edits: readonly ConfigEdit[]): string {
  let edited = text.trim() === "" ? `${text}{}\n` : text;
  for (const edit of edits) edited = editOnce(edited, edit);
  return edited;
}

/** Where a change begins: the deepest value on the way that is there. */
function editOnce(text: string, { path, value }: ConfigEdit): string {
  const parsed = new ParsedText(text);
  let node: ValueNode = parsed.body;
  for (const [index, key] of path.entries()) {
    const child = childNode(node, key);
    if (child === undefined) {
      if (value === undefined) return text;
      return insertInto(parsed, node, insertionAt(node, path, { index, value }));
    }
    if (index === path.length - 1 && value === undefined)
      return removeFrom(parsed, node as ObjectNode | ArrayNode, key);
    node = child;
  }
  if (value === undefined) return editOnce(text, { path, value: {} });
  return replace(text, path, { parsed, node, value });
}

function insertionAt(node: ValueNode, path: KeyPath, rest: { index: number; value: unknown }): Insertion {
  const { index } = rest;
  const key = path[index];
  const value = path.slice(index + 1).reduceRight<unknown>((below, part) => wrap(part, below, path), rest.value);
  if (node.type === "Object" && typeof key !== "number") return { key: String(key), value };
  if (node.type === "Array" && typeof key === "number") {
    if (key === node.elements.length) return { key: undefined, value };
    throw configError(formatPath(path.slice(0, index + 1)), `is beyond the end of the list of ${node.elements.length}`);
  }
  const parent = formatPath(path.slice(0, index)) || "the file";
  const wanted =
    typeof key === "number"
      ? `has no place [${key}]: it is not a list`
      : `has no key ${String(key)}: it is not an object`;
  throw configError(parent, wanted, "set the whole of it instead");
}

function wrap(part: PropertyKey, below: unknown, path: KeyPath): unknown {
  if (typeof part !== "number") return { [part]: below };
  if (part === 0) return [below];
  throw configError(formatPath(path), "is in a list that is not there", "begin with [0], or set the whole list");
}

interface Replacement {
  readonly parsed: ParsedText;
  readonly node: ValueNode;
  readonly value: unknown;
}

/** An object or a list is changed where it differs, so that what is written beside the rest stays. */
function replace(text: string, path: KeyPath, { parsed, node, value }: Replacement): string {
  const known = nodeValue(node);
  if (sameValue(known, value)) return text;
  const steps = stepsBetween(known, value);
  if (steps === undefined) return parsed.replaceNode(node, value);
  return steps.reduce((edited, step) => editOnce(edited, { path: [...path, step.key], value: step.value }), text);
}

interface Step {
  readonly key: string | number;
  readonly value: unknown;
}

/** The changes that make one of the other; undefined when they have nothing in common to keep. */
function stepsBetween(known: unknown, wanted: unknown): Step[] | undefined {
  if (Array.isArray(known) && Array.isArray(wanted)) {
    if (known.length === 0 || wanted.length === 0) return undefined;
    const kept = wanted.map((value, key): Step => ({ key, value }));
    const gone = known
      .slice(wanted.length)
      .map((_, index): Step => ({ key: known.length - 1 - index, value: undefined }));
    return [...kept, ...gone];
  }
  if (!isObject(known) || !isObject(wanted)) return undefined;
  const gone = Object.keys(known).filter((key) => !Object.hasOwn(wanted, key));
  return [
    ...gone.map((key): Step => ({ key, value: undefined })),
    ...Object.entries(wanted).map(([key, value]): Step => ({ key, value })),
  ];
}
