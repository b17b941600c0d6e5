/** From zod's issues to problems an operator can act on. Values never appear in the text: they may be secrets. */

import type { z } from "zod";
import { findNearest } from "../../lib/text/nearest.ts";
import type { ConfigProblem } from "../config-error.ts";
import { valueAtPath } from "../edit/key-path.ts";
import { branchesOf, knownKeys, nodesAt, type SchemaNode } from "../schema/schema-node.ts";
import type { ConfigTree } from "./config-tree.ts";
import { formatPath, type KeyPath } from "./json5-source.ts";

/** What is needed to tell where a problem stands and what was meant. */
export interface ProblemContext {
  readonly tree: ConfigTree;
  /** JSON Schema of the whole file. */
  readonly schema: SchemaNode;
}

/** One problem for each value that is wrong and for each unknown key. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], context: ProblemContext): ConfigProblem[] {
  const problems = issues.flatMap((issue) => describeIssue(issue, context));
  return [...new Map(problems.map((problem) => [problem.subject, problem])).values()];
}

function describeIssue(issue: z.core.$ZodIssue, context: ProblemContext): ConfigProblem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], context));
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const nested = closestBranch(issue.errors).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
    return describeIssues(nested, context);
  }
  if (issue.code === "invalid_key") {
    const [first] = issue.issues;
    return [problem(path, `is not a valid id: ${first?.message ?? "choose another"}`, context)];
  }
  return [problem(path, issueText(issue, context), context)];
}

function unknownKey(path: KeyPath, { tree, schema }: ProblemContext): ConfigProblem {
  return { subject: formatPath(path), text: "unknown key", place: tree.placeOfKey(path), hint: meantKey(schema, path) };
}

/** What was probably meant by a key that is none and stands where others could: "did you mean gateway.port?", or those there are. */
export function meantKey(schema: SchemaNode, path: KeyPath): string {
  const parent = path.slice(0, -1);
  const known = knownKeys(schema, parent);
  const nearest = findNearest(String(path.at(-1)), known);
  const elsewhere = nearest === undefined ? findKeyElsewhere(schema, String(path.at(-1))) : undefined;
  const meant = nearest === undefined ? elsewhere : formatPath([...parent, nearest]);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return known.length === 0 ? "nothing can be below it" : `known keys here: ${known.sort().join(", ")}`;
}

function problem(path: KeyPath, text: string, { tree }: ProblemContext): ConfigProblem {
  return { subject: formatPath(path) || "the file", text, place: tree.placeOfValue(path) };
}

/** The branch of a union that got furthest: its first complaint is not about what kind of value stands there. */
function closestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const fitting = branches.find((issues) => issues[0] !== undefined && !isWrongKind(issues[0]));
  return fitting ?? branches[0] ?? [];
}

function isWrongKind(issue: z.core.$ZodIssue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

function issueText(issue: z.core.$ZodIssue, { tree, schema }: ProblemContext): string {
  switch (issue.code) {
    case "invalid_type": {
      const value = valueAtPath(tree.written, issue.path);
      if (value === undefined) return "is missing";
      // Where a whole number belongs and none at all stands, only the schema knows that it has to be whole.
      const whole = nodesAt(schema, issue.path).some(({ type }) => type === "integer");
      const expected = issue.expected === "number" && whole ? "int" : issue.expected;
      return `must be ${kindNames[expected] ?? expected}, not ${kindOf(value)}`;
    }
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map((allowed) => JSON.stringify(allowed)).join(", ")}`;
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return issue.origin === "string"
        ? `must be at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall): string {
  const least = Number(minimum);
  if (origin === "string") return least <= 1 ? "must not be empty" : `must have at least ${least} characters`;
  if (origin === "array") return least <= 1 ? "must not be empty" : `must have at least ${least} of them`;
  return `must be at least ${least}`;
}

const kindNames: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "text in quotes",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isFinite(value) && !Number.isInteger(value) ? "a fraction" : "a number";
  return { string: "text", boolean: "true or false", object: "an object" }[typeof value as string] ?? typeof value;
}

/** Path of the first key of exactly this name anywhere in fixed places of the schema. */
function findKeyElsewhere(node: SchemaNode, name: string, prefix: KeyPath = []): string | undefined {
  const properties = branchesOf(node).flatMap((branch) => Object.entries(branch.properties ?? {}));
  for (const [key, child] of properties) {
    if (key === name) return formatPath([...prefix, key]);
    const found = findKeyElsewhere(child, name, [...prefix, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
