/** Which lines of a log somebody wants, and how they are found from the newest on. */

import { type LineLevel, levelRank } from "../log.ts";
import type { LogRecord } from "./log-record.ts";

/** What is wanted. */
export interface RecordFilter {
  /** Undefined is all. */
  readonly minLevel: LineLevel | undefined;
  /** Empty is all. */
  readonly components: readonly string[];
  /** Written at this time or later, ms since the Unix epoch; undefined is all. */
  readonly sinceMs: number | undefined;
}

/** How many lines, and where they begin. */
export interface RecordRange {
  /** Most there may be. */
  readonly limit: number;
  /** Only lines with a higher number. */
  readonly after: number;
}

/** True when the line is wanted. */
export function isWanted({ level, component, time }: LogRecord, filter: RecordFilter): boolean {
  const { minLevel, components, sinceMs } = filter;
  if (minLevel !== undefined && levelRank(level) < levelRank(minLevel)) return false;
  if (components.length > 0 && !components.includes(component)) return false;
  return sinceMs === undefined || time === "" || Date.parse(time) >= sinceMs;
}

/**
 * The newest lines that are wanted, oldest first, of sources whose lines come newest first and which overlap at most: each
 * number is taken once. Text without a number belongs to the line before it. `more` says that there were older ones.
 */
export async function newestWanted(
  sources: readonly (AsyncIterable<LogRecord> | Iterable<LogRecord>)[],
  filter: RecordFilter,
  { limit, after }: RecordRange,
): Promise<{ readonly records: LogRecord[]; readonly more: boolean }> {
  const found: LogRecord[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  const done = (more: boolean) => ({ records: found.reverse(), more });
  for (const source of sources) {
    for await (const record of source) {
      if (record.n > 0) {
        if (record.n >= lowest) continue;
        lowest = record.n;
        if (record.n <= after || isBefore(record, filter.sinceMs)) return done(false);
      }
      if (!isWanted(record, filter)) continue;
      if (found.length >= limit) return done(true);
      found.push(record);
    }
  }
  return done(false);
}

function isBefore({ time }: LogRecord, sinceMs: number | undefined): boolean {
  return sinceMs !== undefined && time !== "" && Date.parse(time) < sinceMs;
}
