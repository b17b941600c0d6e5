/** What a change of the configuration takes, key by key. */

import type { Config } from "../config.ts";
import { isObject, sameValue } from "../edit/plain-value.ts";
import { formatPath, type KeyPath } from "../file/json5-source.ts";
import { type ReloadEffect, reloadEffect, type SchemaNode } from "../schema/schema-node.ts";

/** One key whose value differs. */
export interface PlannedChange {
  readonly path: KeyPath;
  /** The path as operators write it. */
  readonly key: string;
  readonly effect: ReloadEffect;
}

/** Every key that differs, in the order of the configuration; lists are compared as a whole. Values do not appear. */
export function planReload(before: Config, after: Config, schema: SchemaNode): PlannedChange[] {
  return changedPaths(before, after, []).map((path) => {
    return { path, key: formatPath(path), effect: reloadEffect(schema, path) };
  });
}

function changedPaths(before: unknown, after: unknown, path: KeyPath): KeyPath[] {
  if (!isObject(before) || !isObject(after)) return sameValue(before, after) ? [] : [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changedPaths(before[key], after[key], [...path, key]));
}
