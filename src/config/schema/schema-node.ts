/** The JSON Schema of the configuration as a tree to walk: what stands at a path, and what is said about it. */

import type { KeyPath } from "../file/json5-source.ts";

/** One node of the schema; beside JSON Schema's own words, what the gateway says about a key. */
export interface SchemaNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  /** What a change of the key, and of those below it, takes: "live", "gateway", or "part:<name>". */
  readonly reload?: string;
  /** The value is a secret. */
  readonly sensitive?: boolean;
}

/** What a change of a key takes to have an effect. */
export type ReloadEffect =
  | { readonly kind: "live" }
  | { readonly kind: "part"; readonly part: string }
  | { readonly kind: "gateway" };

/** Names of the keys an object at this path may have. */
export function knownKeys(schema: SchemaNode, path: KeyPath): string[] {
  return nodesAt(schema, path)
    .flatMap(branchesOf)
    .flatMap((node) => Object.keys(node.properties ?? {}));
}

/** Every node that may stand at the path; none when no value may. */
export function nodesAt(schema: SchemaNode, path: KeyPath): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [schema];
  for (const part of path) nodes = nodes.flatMap((node) => childNodes(node, part));
  return nodes;
}

/** True when the value at the path, or one above it, is a secret. */
export function isSensitive(schema: SchemaNode, path: KeyPath): boolean {
  return nodesOnTheWay(schema, path).some((node) => node.sensitive === true);
}

/** What a change at the path takes: what the nearest key that says so says; a restart of the gateway when none does. */
export function reloadEffect(schema: SchemaNode, path: KeyPath): ReloadEffect {
  const said = nodesOnTheWay(schema, path).findLast((node) => node.reload !== undefined)?.reload ?? "gateway";
  if (said === "live" || said === "gateway") return { kind: said };
  return { kind: "part", part: said.replace(/^part:/, "") };
}

/** The branches of a union; a node that is none is its own. */
export function branchesOf(node: SchemaNode): readonly SchemaNode[] {
  return node.anyOf ?? node.oneOf ?? [node];
}

function nodesOnTheWay(schema: SchemaNode, path: KeyPath): SchemaNode[] {
  let nodes: readonly SchemaNode[] = [schema];
  const seen: SchemaNode[] = [schema];
  for (const part of path) {
    nodes = nodes.flatMap((node) => childNodes(node, part));
    seen.push(...nodes);
  }
  return seen;
}

function childNodes(node: SchemaNode, part: PropertyKey): SchemaNode[] {
  return branchesOf(node).flatMap(({ properties = {}, additionalProperties, items }) => {
    const key = String(part);
    const named = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    const child = typeof part === "number" ? items : named;
    return typeof child === "object" ? [child] : [];
  });
}
