/** Key paths as operators type them: gateway.port, models.providers["x.y"].models[0].id. */

import type { KeyPath } from "../file/json5-source.ts";

/** Words between dots, and brackets with a number or with text in quotes. */
const part = /(?:^|\.)([^.[\]"'\s]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]/y;

/** Reads it; "" is the whole document. Returns undefined for text that is no path. */
export function parsePath(text: string): (string | number)[] | undefined {
  const path: (string | number)[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null) return undefined;
    const [, word, index, double, single] = found;
    if (index !== undefined) path.push(Number(index));
    else path.push(word ?? (double ?? single ?? "").replace(/\\(.)/g, "$1"));
  }
  return path;
}

/** What stands at the path in a value; undefined when nothing does. */
export function valueAtPath(value: unknown, path: KeyPath): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  return found;
}
