/** Brings a database to the newest schema. */

import type { Connection } from "./connection.ts";

/** One step forward; there is no way back. A step that was released never changes. */
export interface Migration {
  /** Schema version after the step; the first is 1, each next one more. */
  readonly version: number;
  /** Makes the changes. Runs inside a transaction and without foreign keys, so that tables can be rebuilt. */
  readonly apply: (connection: Connection) => void;
}

/** Schema version of a database; 0 when it has no schema yet. */
export function schemaVersion(connection: Connection): number {
  return Number(connection.pragma("user_version"));
}

/** Schema version after the last step. */
export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

/** Applies the steps the database has not seen, all in one transaction: it gets the newest schema or stays what it was. */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const from = schemaVersion(connection);
  connection.script("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE");
  try {
    for (const migration of migrations) {
      if (migration.version > from) migration.apply(connection);
    }
    const broken = connection.pragma("foreign_key_check");
    if (broken !== undefined) throw new Error(`the migration left rows of ${broken} without what they belong to`);
    connection.script(`PRAGMA user_version = ${newestVersion(migrations)}; COMMIT`);
  } catch (error) {
    if (connection.inTransaction) connection.script("ROLLBACK");
    throw error;
  }
}
