/** Values as JSON5 text, in the manner of the text around them. */

import { configError } from "../config-error.ts";
import { isObject } from "./plain-value.ts";

/** How a text is written. */
export interface WritingStyle {
  /** Keys stand without quotes where they can. */
  readonly bareKeys: boolean;
  readonly quote: "'" | '"';
  /** White space of one level. */
  readonly unit: string;
  readonly lineBreak: "\n" | "\r\n";
}

/** Where the value goes. */
export interface RenderPlace {
  /** White space the line begins with. */
  readonly indent: string;
  /** Everything on one line. */
  readonly inline?: boolean;
}

const inlineLength = 80;

/** The text. Members that are undefined are left out. Throws a ConfigError for what JSON cannot hold. */
export function renderValue(value: unknown, style: WritingStyle, place: RenderPlace): string {
  if (typeof value === "string") return renderString(value, style.quote);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return renderList(value, style, place);
  if (isObject(value)) return renderObject(value, style, place);
  throw configError(
    "the value",
    `is ${String(value)}, which a file cannot hold`,
    "give text, a number, true, false or null",
  );
}

/** The text of a key. */
export function renderKey(key: string, { bareKeys, quote }: WritingStyle): string {
  return bareKeys && /^[A-Za-z_$][\w$]*$/.test(key) ? key : renderString(key, quote);
}

function renderString(text: string, quote: "'" | '"'): string {
  // Well-formed JSON is JSON5, too; only the two kinds of quotes change places.
  const plain = JSON.stringify(text).replace(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
  if (quote === '"') return plain;
  const inner = plain.slice(1, -1).replace(/\\(.)|'/g, (found, escaped) => {
    if (escaped === undefined) return "\\'";
    return escaped === '"' ? '"' : found;
  });
  return `'${inner}'`;
}

function renderList(list: readonly unknown[], style: WritingStyle, place: RenderPlace): string {
  if (list.length === 0) return "[]";
  const flat = list.every((element) => typeof element !== "object" || element === null);
  const oneLine = `[${list.map((element) => renderValue(element, style, { ...place, inline: true })).join(", ")}]`;
  if (place.inline || (flat && oneLine.length <= inlineLength)) return oneLine;
  return block("[]", (indent) => list.map((element) => renderValue(element, style, { indent })), { style, place });
}

function renderObject(object: Readonly<Record<string, unknown>>, style: WritingStyle, place: RenderPlace): string {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return "{}";
  const members = (inner: RenderPlace): string[] =>
    entries.map(([key, value]) => `${renderKey(key, style)}: ${renderValue(value, style, inner)}`);
  if (place.inline) return `{ ${members(place).join(", ")} }`;
  return block("{}", (indent) => members({ indent }), { style, place });
}

function block(
  braces: "[]" | "{}",
  lines: (indent: string) => readonly string[],
  { style, place }: { style: WritingStyle; place: RenderPlace },
): string {
  const { lineBreak, unit } = style;
  const indent = place.indent + unit;
  const body = lines(indent).join(`,${lineBreak}${indent}`);
  return `${braces[0]}${lineBreak}${indent}${body}${lineBreak}${place.indent}${braces[1]}`;
}
