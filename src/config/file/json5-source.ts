/** JSON5 text as a value that remembers where in the text each of its parts stands. */

import { type MemberNode, parse, type ValueNode } from "@humanwhocodes/momoa";

/** A place in the text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Keys and indexes from the root to a value. */
export type KeyPath = readonly PropertyKey[];

/** Something wrong with the text itself. */
export interface TextProblem extends TextPlace {
  /** What it is about; empty for the text as a whole. */
  readonly path: KeyPath;
  readonly text: string;
}

const maxDepth = 100;

/** Parsed text. Objects have no prototype, so that no key is special. */
export class Json5Source {
  readonly value: unknown;
  /** Keys that were given twice; the last one counts in `value`. */
  readonly duplicates: readonly TextProblem[];
  readonly #places: ReadonlyMap<string, { readonly key: TextPlace; readonly value: TextPlace }>;

  private constructor(reading: Reading) {
    this.value = reading.value;
    this.duplicates = reading.duplicates;
    this.#places = reading.places;
  }

  /** Parses the text; what cannot be parsed comes back as the one problem. */
  static parse(text: string): Json5Source | TextProblem {
    const plain = text.replace(/^\uFEFF/, "");
    try {
      const reading: Reading = { value: undefined, duplicates: [], places: new Map() };
      const { body } = parse(plain, { mode: "json5" });
      reading.places.set("", { key: body.loc.start, value: body.loc.start });
      return new Json5Source({ ...reading, value: readValue(body, [], reading) });
    } catch (error) {
      return toProblem(error, plain);
    }
  }

  /** Where the value stands; a value that is not there stands where the nearest one above it does. */
  placeOfValue(path: KeyPath): TextPlace {
    return this.#find(path).value;
  }

  /** Where the key of the value stands. */
  placeOfKey(path: KeyPath): TextPlace {
    return this.#find(path).key;
  }

  #find(path: KeyPath): { readonly key: TextPlace; readonly value: TextPlace } {
    for (let length = path.length; length > 0; length -= 1) {
      const found = this.#places.get(placeKey(path.slice(0, length)));
      if (found !== undefined) return found;
    }
    return this.#places.get("") ?? { key: { line: 1, column: 1 }, value: { line: 1, column: 1 } };
  }
}

/** The path as operators write it: gateway.port, models.providers.x.models[0].id, headers["X-Key"]. */
export function formatPath(path: KeyPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[\w$-]+$/.test(String(part))) text += text === "" ? String(part) : `.${String(part)}`;
    else text += `[${JSON.stringify(String(part))}]`;
  }
  return text;
}

/** The key of a member, with or without quotes. */
export function memberName({ name }: MemberNode): string {
  return name.type === "Identifier" ? name.name : name.value;
}

/** What is right below a node; of several members of the name, the last one counts. */
export function childNode(node: ValueNode, key: PropertyKey): ValueNode | undefined {
  if (node.type === "Array") return typeof key === "number" ? node.elements[key]?.value : undefined;
  if (node.type !== "Object" || typeof key === "number") return undefined;
  return node.members.findLast((member) => memberName(member) === key)?.value;
}

/** The value of a node; objects have no prototype. */
export function nodeValue(node: ValueNode): unknown {
  return readValue(node, [], { value: undefined, duplicates: [], places: new Map() });
}

interface Reading {
  readonly value: unknown;
  readonly duplicates: TextProblem[];
  readonly places: Map<string, { readonly key: TextPlace; readonly value: TextPlace }>;
}

function readValue(node: ValueNode, path: KeyPath, reading: Reading): unknown {
  if (path.length > maxDepth) throw new RangeError("too deep");
  switch (node.type) {
    case "Object":
      return readObject(node.members, path, reading);
    case "Array":
      return node.elements.map((element, index) => {
        const place = element.value.loc.start;
        reading.places.set(placeKey([...path, index]), { key: place, value: place });
        return readValue(element.value, [...path, index], reading);
      });
    case "Null":
      return null;
    case "NaN":
      return Number.NaN;
    case "Infinity":
      return node.sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    default:
      return node.value;
  }
}

function readObject(members: readonly MemberNode[], path: KeyPath, reading: Reading): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const member of members) {
    const { name, value } = member;
    const key = memberName(member);
    const keyPath = [...path, key];
    const first = reading.places.get(placeKey(keyPath));
    const place = { key: name.loc.start, value: value.loc.start };
    if (first !== undefined) {
      reading.duplicates.push({ path: keyPath, text: `given twice, first in line ${first.key.line}`, ...place.key });
    }
    reading.places.set(placeKey(keyPath), place);
    object[key] = readValue(value, keyPath, reading);
  }
  return object;
}

function toProblem(error: unknown, text: string): TextProblem {
  if (error instanceof RangeError) {
    return { path: [], line: 1, column: 1, text: `is nested more than ${maxDepth} levels deep` };
  }
  const { line, column, offset, message } = error as Error & { line?: number; column?: number; offset?: number };
  if (line === undefined || column === undefined || offset === undefined) throw error;
  // One character only: the word it begins could be a secret somebody forgot to quote.
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const what = message.startsWith("Unexpected end") ? "it ends too early" : `unexpected ${JSON.stringify(character)}`;
  return { path: [], line, column, text: `is not JSON5: ${what}` };
}

function placeKey(path: KeyPath): string {
  return path.map((part) => `${typeof part}:${String(part)}`).join("\u0000");
}
