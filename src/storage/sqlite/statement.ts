/** SQL statements with the types of what they take and give. */

import type { SQLInputValue } from "node:sqlite";

/** Values of the named parameters of a statement; booleans are 0 and 1. */
export type Bindings = Record<string, SQLInputValue>;

/** One SQL statement. Parameters are named: ":name" in the text is `name` in the input. */
export interface Statement<Input extends Bindings, Row> {
  readonly sql: string;
  /** Never set: they only carry the types. */
  readonly input?: Input;
  readonly row?: Row;
}

/** What a query gives when only the encoded resource is wanted. */
export interface BodyRow {
  readonly body: Uint8Array;
}

/** What statements give that give no rows. */
export type NoRow = never;

/**
 * Gives a SQL text its types. The text is prepared once a connection, at its first use. Write `LIMIT +:limit`: SQLite plans by
 * the value of a bare parameter there, so it would prepare the statement anew at every call, which is half of its time.
 */
export function statement<Input extends Bindings, Row = NoRow>(sql: string): Statement<Input, Row> {
  return { sql };
}
