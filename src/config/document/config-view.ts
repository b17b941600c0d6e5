/** The configuration as callers see it: without secrets, whole or below a key. */

import { configError } from "../config-error.ts";
import { parsePath, valueAtPath } from "../edit/key-path.ts";
import type { KeyPath } from "../file/json5-source.ts";
import { meantKey } from "../file/schema-problems.ts";
import { redactValue } from "../history/redact.ts";
import { nodesAt, type ReloadEffect, reloadEffect, type SchemaNode } from "../schema/schema-node.ts";
import type { DiskReading } from "./disk-reading.ts";

/** The path, read. Throws a ConfigError for text that is none. */
export function requirePath(text: string): (string | number)[] {
  const path = parsePath(text);
  if (path !== undefined) return path;
  throw configError(
    "the path",
    `${JSON.stringify(text)} is not one`,
    'write it like models.providers["x"].models[0].id',
  );
}

/**
 * What stands at the path, without secrets; undefined when nothing does. With defaults, everything the program would see is
 * there; what cannot be used has none.
 */
export async function viewAt(disk: DiskReading, path: KeyPath, withDefaults: boolean): Promise<unknown> {
  const { configJsonSchema } = await import("../config-schema.ts");
  const whole = withDefaults ? disk.loaded?.config : (disk.tree?.written ?? {});
  const plain = redactValue(whole, configJsonSchema());
  const found = valueAtPath(plain, path);
  // What JSON cannot hold is wrong in a configuration, and is told as such.
  return found === undefined ? undefined : JSON.parse(JSON.stringify(found));
}

/** What was probably meant by a path no key can be at: "did you mean agents.defaults?". Undefined for one where a key can be. */
export async function meantPath(path: KeyPath): Promise<string | undefined> {
  const { configJsonSchema } = await import("../config-schema.ts");
  const schema = configJsonSchema();
  const unknown = path.findIndex((_, index) => nodesAt(schema, path.slice(0, index + 1)).length === 0);
  return unknown < 0 ? undefined : meantKey(schema, path.slice(0, unknown + 1));
}

/** What the schema says of a key. */
export interface SchemaPart {
  readonly schema: SchemaNode;
  readonly effect: ReloadEffect;
}

/** The schema below a path; undefined when no key can be there. */
export async function schemaAt(path: KeyPath): Promise<SchemaPart | undefined> {
  const { configJsonSchema } = await import("../config-schema.ts");
  const whole = configJsonSchema();
  const [first, ...more] = nodesAt(whole, path);
  if (first === undefined) return undefined;
  return { schema: more.length === 0 ? first : { anyOf: [first, ...more] }, effect: reloadEffect(whole, path) };
}
