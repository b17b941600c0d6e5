/** Checks what a model wrote as a tool's input. Every error tells the model what to send instead. */

import type { JsonObject } from "@bufbuild/protobuf";

/** Refuses fields the tool does not know; `fields` are all it knows. */
export function refuseUnknownFields(input: JsonObject, fields: readonly string[]): void {
  const unknown = Object.keys(input).find((field) => !fields.includes(field));
  if (unknown === undefined) return;
  const known = fields.length > 0 ? `it knows ${fields.join(", ")}` : "call it with {}";
  throw new Error(`this tool has no field ${JSON.stringify(unknown)}; ${known}`);
}

/** The text of a field, trimmed; undefined when it is absent, null or empty. */
export function readOptionalText(input: JsonObject, field: string): string | undefined {
  const value = input[field] ?? "";
  if (typeof value !== "string") throw new Error(`${field} must be text, not ${JSON.stringify(value)}`);
  return value.trim() || undefined;
}
