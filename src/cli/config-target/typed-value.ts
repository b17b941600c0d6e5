/** Values as people type them. */

import { Json5Source } from "../../config/file/json5-source.ts";
import { UsageError } from "../command/usage-error.ts";

/** JSON5, or else the text itself: 18790, true, ["a"], {id: "x"}, openai/gpt-5. With `strict`, JSON only. */
export function readTypedValue(text: string, strict: boolean): unknown {
  if (strict) return readJson(text);
  const source = Json5Source.parse(text);
  return source instanceof Json5Source && source.duplicates.length === 0 ? plain(source.value) : text;
}

/** An object in JSON5. Throws a UsageError for anything else. */
export function readTypedObject(text: string, name: string): Readonly<Record<string, unknown>> {
  const source = Json5Source.parse(text);
  if (source instanceof Json5Source) {
    const value = plain(source.value);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new UsageError(
      `${name} is not an object`,
      "for example: openclaw config patch '{logging: {level: \"debug\"}}'",
    );
  }
  throw new UsageError(`${name} ${source.text} in line ${source.line}`, "write it as JSON5");
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError("the value is not JSON", "put text into quotes inside of quotes: '\"text\"'");
  }
}

/** Numbers no file can hold are for the gateway to refuse; prototypes are for nobody. */
function plain(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new UsageError(`${value} is not a value a file can hold`, "give a number");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
