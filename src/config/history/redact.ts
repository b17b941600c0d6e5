/** The configuration without its secrets: as a value for callers, and as text for people. */

import type { ValueNode } from "@humanwhocodes/momoa";
import { isSensitiveName, secretPatterns } from "../../lib/log/secret-patterns.ts";
import { ParsedText, type Splice } from "../edit/parsed-text.ts";
import { isObject } from "../edit/plain-value.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { childNode, type KeyPath } from "../file/json5-source.ts";
import { isSensitive, type SchemaNode } from "../schema/schema-node.ts";

/** Stands for a secret. Sent back in its place, it keeps the secret that is there. */
export const redacted = "__OPENCLAW_REDACTED__";

/** A value that is only the name of a variable gives nothing away. */
const onlyVariables = /^(\$\{[A-Z_][A-Z0-9_]*\})+$/;
const passwordInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s@]+@/i;
const namedInComment =
  /((?:token|password|passphrase|secret|api_?key|private_?key|credential)s?["']?\s*[:=]\s*)(?:(["'])(?:(?!\2).)*\2|[^\s"',;]+)/gi;

/** A copy of the value with every secret replaced. Secret references are shown: they say where a secret is, not what. */
export function redactValue(value: unknown, schema: SchemaNode, path: KeyPath = []): unknown {
  if (typeof value === "string" || typeof value === "number") return isSecret(value, schema, path) ? redacted : value;
  if (Array.isArray(value)) return value.map((element, index) => redactValue(element, schema, [...path, index]));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, redactValue(member, schema, [...path, key])]),
  );
}

/**
 * Every file of the tree as text, its secrets replaced by what `mask` makes of them. Comments are kept, but for what looks
 * like a secret that was put there.
 */
export function redactTexts(
  tree: ConfigTree,
  schema: SchemaNode,
  mask: (path: KeyPath, secret: unknown) => string,
): Map<string, string> {
  // By file and place: a file may be included several times.
  const splices = new Map<string, Map<number, Splice>>(tree.files.map(({ path }) => [path, new Map()]));
  const parsed = new Map(tree.files.map(({ path, text }) => [path, new ParsedText(text)]));
  for (const { node, path } of tree.leaves()) {
    const file = parsed.get(node.file.path);
    const written = file && nodeAt(file.body, node.path);
    if (file === undefined || (written?.type !== "String" && written?.type !== "Number")) continue;
    if (!isSecret(written.value, schema, path)) continue;
    const range = file.rangeOf(written);
    splices.get(node.file.path)?.set(range[0], { range, text: JSON.stringify(mask(path, written.value)) });
  }
  for (const [path, file] of parsed) {
    for (const range of file.commentsIn([0, file.text.length])) {
      const comment = file.text.slice(...range);
      splices.get(path)?.set(range[0], { range, text: plainComment(comment) });
    }
  }
  return new Map([...parsed].map(([path, file]) => [path, file.splice([...(splices.get(path)?.values() ?? [])])]));
}

function plainComment(comment: string): string {
  return secretPatterns.reduce(
    (text, { pattern }) => text.replace(pattern, withoutSecret),
    comment.replace(namedInComment, '$1"…"'),
  );
}

function withoutSecret(...found: unknown[]): string {
  const { secret } = found.at(-1) as { secret: string };
  return String(found[0]).replace(secret, "…");
}

/** A number is one only where a secret belongs: names like "maxTokens" tell of other numbers. */
function isSecret(value: string | number, schema: SchemaNode, path: KeyPath): boolean {
  if (typeof value === "number") return isSensitive(schema, path) && !isReferencePart(schema, path);
  if (value === "" || onlyVariables.test(value)) return false;
  if (passwordInUrl.test(value)) return true;
  if (isSensitive(schema, path)) return !isReferencePart(schema, path);
  // A name may say that its value is a secret, whatever the schema knows of it.
  return isSensitiveName(String(path.findLast((part) => typeof part === "string") ?? ""));
}

/** The keys of a secret reference are no secrets. */
function isReferencePart(schema: SchemaNode, path: KeyPath): boolean {
  return ["source", "provider", "id"].includes(String(path.at(-1))) && isSensitive(schema, path.slice(0, -1));
}

function nodeAt(root: ValueNode, path: KeyPath): ValueNode | undefined {
  let node: ValueNode | undefined = root;
  for (const key of path) node = node && childNode(node, key);
  return node;
}
