/** One connection to a SQLite database, with its statements kept prepared. */

import { backup, DatabaseSync, type StatementSync } from "node:sqlite";
import { troubleOf } from "./sqlite-error.ts";
import type { Bindings, Statement } from "./statement.ts";

/** Statements kept prepared at most; the one prepared first is dropped first. */
const maxPrepared = 256;

/** Another program's lock is waited for this long; the process stands still meanwhile. */
const busyTimeoutMs = 1_000;

/** Runs statements. Everything happens before the call returns. */
export interface Executor {
  /** Runs a statement that gives no rows; returns how many rows it changed. */
  run<Input extends Bindings>(statement: Statement<Input, never>, input: Input): number;
  /** The first row, if there is one. */
  get<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): Row | undefined;
  /** Every row. */
  all<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): Row[];
  /** Row after row, each read when it is asked for. Use it up or leave it before anything else is run. */
  each<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): IterableIterator<Row>;
}

/** A connection. Errors are node:sqlite's own. */
export class Connection implements Executor {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  #writes = 0;

  /** Opens a database; a file that is not there is made unless it is opened to read. */
  constructor(path: string, mode: "read" | "write") {
    this.#database = new DatabaseSync(path, { readOnly: mode === "read", timeout: busyTimeoutMs });
  }

  /** True between BEGIN and COMMIT or ROLLBACK; SQLite may roll back by itself when the disk fails. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** How many changing statements were run so far. */
  get writes(): number {
    return this.#writes;
  }

  run<Input extends Bindings>(statement: Statement<Input, never>, input: Input): number {
    this.#writes += 1;
    return Number(this.#prepare(statement.sql).run(input).changes);
  }

  get<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): Row | undefined {
    return this.#prepare(statement.sql).get(input) as Row | undefined;
  }

  all<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): Row[] {
    return this.#prepare(statement.sql).all(input) as Row[];
  }

  each<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): IterableIterator<Row> {
    return this.#prepare(statement.sql).iterate(input) as IterableIterator<Row>;
  }

  /** Runs a short command without parameters and rows, like BEGIN; kept prepared too. */
  command(sql: string): void {
    this.#prepare(sql).run();
  }

  /** The value of a PRAGMA that gives one. */
  pragma(text: string): unknown {
    const row = this.#database.prepare(`PRAGMA ${text}`).get();
    return row === undefined ? undefined : Object.values(row)[0];
  }

  /** Runs a script of several statements. */
  script(sql: string): void {
    this.#database.exec(sql);
  }

  /** Problems `PRAGMA <check>` finds, at most 10; "ok" is none. Damage it cannot get past is a problem like any other. */
  check(check: "quick_check" | "integrity_check"): string[] {
    try {
      const rows = this.#database.prepare(`PRAGMA ${check}(10)`).all();
      return rows.map((row) => String(Object.values(row)[0])).filter((problem) => problem !== "ok");
    } catch (error) {
      if (error instanceof Error && troubleOf(error) === "damaged") return [error.message];
      throw error;
    }
  }

  /** Moves what it can from the write-ahead log into the database; returns the frames the log holds (4 KiB each). */
  checkpoint(): number {
    const row = this.#database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    return Number(row?.log);
  }

  /** Copies the database, as of now, to another file, without holding up the process. */
  async backUp(path: string): Promise<void> {
    await backup(this.#database, path);
  }

  /** Closes the connection; an open transaction is rolled back. */
  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = this.#database.prepare(sql);
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size >= maxPrepared && oldest !== undefined) this.#prepared.delete(oldest);
    this.#prepared.set(sql, fresh);
    return fresh;
  }
}
