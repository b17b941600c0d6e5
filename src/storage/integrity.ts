/** Finds out whether a store is what it should be. */

import { type QueryResult, queryOffThread, type Row } from "./sqlite/off-thread.ts";

const statements = [
  "PRAGMA integrity_check(10)",
  "PRAGMA foreign_key_check",
  // One statement, one snapshot: a gateway that runs writes meanwhile.
  `SELECT head, floor, count, first, last
  FROM event_log, (SELECT count(*) AS count, min(sequence) AS first, max(sequence) AS last FROM events)`,
];

/**
 * What is wrong with the database at `path`, in words; empty when nothing is. Reads the whole file, beside the process. Throws
 * what `signal` aborted with, and an Error when the file cannot be opened.
 */
export async function findProblems(path: string, signal?: AbortSignal): Promise<string[]> {
  const [damage, orphans, log] = await queryOffThread(path, statements, { signal });
  const problems = rowsOf(damage).map((row) => String(Object.values(row)[0]));
  const damaged = problems.filter((problem) => problem !== "ok");
  if (damaged.length > 0) return damaged;
  return [...findOrphans(rowsOf(orphans)), ...findEventGaps(rowsOf(log)[0])];
}

/** Damage a statement cannot get past is a problem like any other. */
function rowsOf(result: QueryResult | undefined): readonly Row[] {
  if (result === undefined) return [];
  if ("rows" in result) return result.rows;
  if (result.trouble === "damaged") return [{ problem: result.problem }];
  throw new Error(result.problem);
}

function findOrphans(rows: readonly Row[]): string[] {
  const [first] = rows;
  return first === undefined ? [] : [`rows of ${first.table} belong to nothing`];
}

function findEventGaps(log: Row | undefined): string[] {
  if (log === undefined) return ["it has no event log"];
  const head = Number(log.head);
  const floor = Number(log.floor);
  const { count, first, last } = log;
  if (count === head - floor && (first ?? head + 1) === floor + 1 && (last ?? floor) === head) return [];
  return [`the event log should hold ${floor + 1} to ${head}, but holds ${count} events from ${first} to ${last}`];
}
