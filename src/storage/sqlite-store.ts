/** The store on SQLite: one file, one writer, snapshots beside it. */

import type { Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import { readOnly } from "../core/errors.ts";
import type { ReadTables, Store, WriteTables } from "../core/store.ts";
import type { Clock } from "../lib/clock.ts";
import type { FaultPoint } from "../lib/fault-point.ts";
import type { Log } from "../lib/log.ts";
import { connectReader, type DatabaseFile, openDatabaseFile, sizeOf } from "./database-file.ts";
import { findProblems } from "./integrity.ts";
import { migrations } from "./migrations/migrations.ts";
import { type CommittedBatch, GroupCommit } from "./sqlite/group-commit.ts";
import { ReadPool } from "./sqlite/read-pool.ts";
import type { StateLock } from "./state-lock.ts";
import { StoreHealth } from "./store-health.ts";
import { openTables } from "./tables.ts";

/** Changing statements after which the write-ahead log is folded into the database; about as many pages. */
const checkpointWrites = 1_000;

/** Frames of the write-ahead log (32 MB) beyond which old snapshots no longer keep it from shrinking. */
const maxLogFrames = 8_192;

/** What a store needs. */
export interface StoreOptions {
  /** The right to the state directory; the store neither takes nor releases it. */
  readonly lock: StateLock;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
}

/**
 * Opens `openclaw.db` in the locked directory, making it when it is not there. A damaged file that can still be read opens
 * read-only; one that cannot, belongs to another program or to a newer version fails with StoreUnusableError.
 */
export async function openStore(options: StoreOptions): Promise<SqliteStore> {
  const { lock, log } = options;
  const file = await openDatabaseFile({ stateDir: lock.stateDir, migrations, log });
  return new SqliteStore(file, options);
}

/** See `Store`. */
export class SqliteStore implements Store {
  readonly logId: string;
  readonly #file: DatabaseFile;
  readonly #log: Log;
  readonly #listeners: ((events: readonly Event[]) => void)[] = [];
  readonly #pool: ReadPool<ReadTables>;
  readonly #commits: GroupCommit<WriteTables, Event> | undefined;
  readonly #health: StoreHealth;
  #writesFolded = 0;
  #writesSeen = 0;
  #commitCount = 0;
  #closed = false;
  #onBatch: ((batch: CommittedBatch) => void) | undefined;

  /** Use `openStore`. */
  constructor(file: DatabaseFile, { clock, log, faults }: StoreOptions) {
    this.logId = file.logId;
    this.#file = file;
    this.#log = log;
    this.#health = new StoreHealth({
      file,
      log,
      damaged: (refusal) => this.#commits?.stop(refusal),
      tryWrite: () => this.#tryWrite(),
    });
    this.#pool = new ReadPool({
      connect: () => connectReader(file.path),
      open: (sql) => openTables({ sql, clock, faults }),
      commits: () => this.#commitCount,
      clock,
      explain: (error) => this.#health.explainRead(error),
    });
    this.#commits =
      file.writer &&
      new GroupCommit<WriteTables, Event>({
        connection: file.writer,
        clock,
        faults,
        open: (sql) => {
          const tables = openTables({ sql, clock, faults });
          return { tables, facts: tables.events.appended };
        },
        committed: (facts, batch) => {
          this.#onBatch?.(batch);
          this.#committed(facts);
        },
        explain: (error) => this.#health.explainWrite(error),
      });
  }

  get readOnlyReason(): string | undefined {
    return this.#health.damage;
  }

  /** Why the last change was refused: damage, a disk that is full or cannot be written. Undefined while changes are taken. */
  get refusal(): string | undefined {
    return this.#health.refusal;
  }

  read<T>(work: (tables: ReadTables) => Promise<T>): Promise<T> {
    return this.#pool.read(work);
  }

  transact<T>(work: (tables: WriteTables) => Promise<T>): Promise<T> {
    return this.#commits?.transact(work) ?? Promise.reject(readOnly(this.#health.damage ?? "the store has no writer"));
  }

  onCommit(listener: (events: readonly Event[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Calls `listener` after each commit with what it took. There is one listener. */
  onBatch(listener: (batch: CommittedBatch) => void): void {
    this.#onBatch = listener;
  }

  /** Bytes on disk: the database, and the write-ahead log beside it. */
  sizes(): { databaseBytes: number; logBytes: number } {
    return { databaseBytes: sizeOf(this.#file.path), logBytes: sizeOf(`${this.#file.path}-wal`) };
  }

  /** What is wrong with the store, in words; empty when nothing is. Reads the whole file, beside the process. */
  checkIntegrity(): Promise<string[]> {
    return findProblems(this.#file.path);
  }

  /** Folds the write-ahead log into the database and empties it, as far as no reader is at work on it. */
  async fold(): Promise<void> {
    const { writer } = this.#file;
    await new Promise(setImmediate);
    if (this.#closed || writer === undefined || writer.inTransaction) return;
    this.#pool.endUnused();
    writer.pragma("wal_checkpoint(TRUNCATE)");
  }

  /** Finishes the transactions that wait, ends every snapshot and closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#commits?.close();
    this.#health.close();
    this.#pool.close();
    this.#file.writer?.close();
  }

  #committed(events: readonly Event[]): void {
    this.#commitCount += 1;
    this.#tell(events);
    const writes = this.#file.writer?.writes ?? 0;
    // A transaction that changed nothing says nothing of the disk.
    if (writes > this.#writesSeen) this.#health.committed();
    this.#writesSeen = writes;
    if (writes - this.#writesFolded < checkpointWrites) return;
    this.#writesFolded = writes;
    setImmediate(() => this.#checkpoint());
  }

  #tell(events: readonly Event[]): void {
    if (events.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(events);
      } catch (error) {
        this.#log.error({ err: error }, "a listener of the store failed");
      }
    }
  }

  /** Writes what is there already. */
  #tryWrite(): boolean {
    const { writer } = this.#file;
    if (writer === undefined || writer.inTransaction) return false;
    writer.script(`PRAGMA user_version = ${writer.pragma("user_version")}`);
    return true;
  }

  /** Between two batches, when those who waited for the last one have their answer. */
  #checkpoint(): void {
    const { writer } = this.#file;
    if (this.#closed || writer === undefined || writer.inTransaction) return;
    try {
      this.#pool.endUnused();
      if (writer.checkpoint() > maxLogFrames) this.#pool.endOld();
    } catch (error) {
      this.#health.explainWrite(error);
    }
  }
}
