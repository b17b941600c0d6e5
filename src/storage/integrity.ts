/** Finds out whether a store is what it should be. */

import { readLog } from "./event-store.ts";
import type { Connection } from "./sqlite/connection.ts";
import { statement } from "./sqlite/statement.ts";

/** What is wrong, in words; empty when nothing is. Reads the whole file. */
export function findProblems(connection: Connection): string[] {
  const damage = connection.check("integrity_check");
  if (damage.length > 0) return damage;
  return [...findOrphans(connection), ...findEventGaps(connection)];
}

function findOrphans(connection: Connection): string[] {
  const table = connection.pragma("foreign_key_check");
  return table === undefined ? [] : [`rows of ${table} belong to nothing`];
}

function findEventGaps(connection: Connection): string[] {
  const { head, floor } = readLog(connection);
  const kept = connection.get(countEvents, {});
  if (kept === undefined) return [];
  const { count, first, last } = kept;
  if (count === head - floor && (first ?? head + 1) === floor + 1 && (last ?? floor) === head) return [];
  return [`the event log should hold ${floor + 1} to ${head}, but holds ${count} events from ${first} to ${last}`];
}

interface KeptEvents {
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

const countEvents = statement<Record<string, never>, KeptEvents>(
  "SELECT count(*) AS count, min(sequence) AS first, max(sequence) AS last FROM events",
);
