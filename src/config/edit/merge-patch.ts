/** JSON merge patches (RFC 7396) as single changes, so that everything a patch does not name stays as it is written. */

import type { KeyPath } from "../file/json5-source.ts";
import type { ConfigEdit } from "./edit-text.ts";
import { valueAtPath } from "./key-path.ts";
import { isObject } from "./plain-value.ts";

/** The changes that turn `document` into what the patch asks for: null removes, objects are merged, all else is replaced. */
export function editsOfPatch(document: unknown, patch: unknown, path: KeyPath = []): ConfigEdit[] {
  if (!isObject(patch)) return [{ path, value: patch === null ? undefined : patch }];
  const known = valueAtPath(document, path);
  if (path.length > 0 && !isObject(known)) return [{ path, value: withoutNulls(patch) }];
  return Object.entries(patch).flatMap(([key, value]) => editsOfPatch(document, value, [...path, key]));
}

function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]));
}
