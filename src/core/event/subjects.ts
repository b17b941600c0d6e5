/** Subject filters: which resources a reader wants to hear about. */

import { invalidField } from "../errors.ts";

/** Says whether a resource name is wanted. */
export type SubjectFilter = (subject: string) => boolean;

const maxPatterns = 64;

/**
 * A filter from patterns: exact names, `*` for one segment, a trailing `**` for one segment or more. No pattern means all.
 * Fails with FIELD_INVALID for a pattern that can never match.
 */
export function subjectFilter(patterns: readonly string[]): SubjectFilter {
  if (patterns.length === 0) return () => true;
  if (patterns.length > maxPatterns)
    throw invalidField("subjects", `has ${patterns.length} patterns; at most ${maxPatterns}`);
  const exact = new Set<string>();
  const shapes: string[][] = [];
  patterns.forEach((pattern, index) => {
    checkPattern(pattern, `subjects[${index}]`);
    if (pattern.includes("*")) shapes.push(pattern.split("/"));
    else exact.add(pattern);
  });
  return (subject) => exact.has(subject) || shapes.some((shape) => matches(shape, subject.split("/")));
}

function checkPattern(pattern: string, field: string): void {
  const segments = pattern.split("/");
  segments.forEach((segment, index) => {
    if (segment === "") throw invalidField(field, `"${pattern}" has an empty segment`);
    if (segment === "**" && index < segments.length - 1) {
      throw invalidField(field, `"${pattern}": ** may only be the last segment`);
    }
    if (segment.includes("*") && segment !== "*" && segment !== "**") {
      throw invalidField(field, `"${pattern}": * stands for a whole segment`);
    }
  });
}

function matches(shape: readonly string[], subject: readonly string[]): boolean {
  const open = shape.at(-1) === "**";
  if (open ? subject.length < shape.length : subject.length !== shape.length) return false;
  return shape.every((segment, index) => segment === "*" || segment === "**" || segment === subject[index]);
}
