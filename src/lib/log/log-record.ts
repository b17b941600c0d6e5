/** One line of a log: what is in it, and how it is written down. */

import { type LineLevel, lineLevels } from "../log.ts";
import { isObject, jsonObject } from "../text/json-object.ts";

/** A line, its secrets made unreadable. */
export interface LogRecord {
  /** Number of the line, by one more each; goes on over restarts. 0 for text no log wrote: what a crash left in the file. */
  readonly n: number;
  /** ISO 8601, UTC; empty when not known. */
  readonly time: string;
  readonly level: LineLevel;
  /** Part of the program that says it; may be empty. */
  readonly component: string;
  readonly message: string;
  /** Plain data. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Component of text that a crash left in the file. */
export const crashComponent = "stderr";

/** The record as one line of JSON, without its end. */
export function formatRecord({ time, level, component, message, fields, n }: LogRecord): string {
  return JSON.stringify({ time, level, component, message, fields, n });
}

/** What `formatRecord` wrote; any other text is an error somebody wrote past the log. */
export function parseRecord(line: string): LogRecord {
  const value = jsonObject(line);
  const level = lineLevels.find((one) => one === value?.level);
  if (value === undefined || level === undefined || typeof value.message !== "string") {
    return { n: 0, time: "", level: "error", component: crashComponent, message: line, fields: {} };
  }
  return {
    n: typeof value.n === "number" ? value.n : 0,
    time: typeof value.time === "string" ? value.time : "",
    level,
    component: typeof value.component === "string" ? value.component : "",
    message: value.message,
    fields: isObject(value.fields) ? value.fields : {},
  };
}

/** The place right after the line with this number, for those who go on later. */
export function placeAfter(n: number): string {
  return n.toString(36);
}

/** The number of `placeAfter`; undefined for any other text. */
export function numberOfPlace(place: string): number | undefined {
  return /^[0-9a-z]{1,11}$/.test(place) ? Number.parseInt(place, 36) : undefined;
}
