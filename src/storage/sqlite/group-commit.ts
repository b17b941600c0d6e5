/** The writer: runs transactions one after the other and makes those that wait together durable with one fsync. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { rateLimited } from "../../core/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import type { FaultPoint } from "../../lib/fault-point.ts";
import type { Connection } from "./connection.ts";
import { Lease } from "./lease.ts";
import { troubleOf } from "./sqlite-error.ts";

/** A batch ends after this many transactions or this much time: nothing else runs in the process meanwhile. */
const maxBatch = 64;
const maxBatchMs = 5;
const maxWaiting = 10_000;

/** What one transaction works with, and the facts it leaves behind when it is kept. */
export interface OpenTransaction<Tables, Fact> {
  readonly tables: Tables;
  /** Filled while the transaction works. */
  readonly facts: readonly Fact[];
}

/** What one commit took. */
export interface CommittedBatch {
  /** Transactions in it. */
  readonly transactions: number;
  /** How long the commit itself took: mostly the fsync. */
  readonly commitMs: number;
}

/** What the writer needs. */
export interface GroupCommitOptions<Tables, Fact> {
  /** The only connection that writes. */
  readonly connection: Connection;
  readonly clock: Clock;
  readonly faults: FaultPoint;
  /** Makes the tables of one transaction. */
  readonly open: (lease: Lease) => OpenTransaction<Tables, Fact>;
  /** Called right after each commit with what its transactions left behind, in order. Must not throw. */
  readonly committed: (facts: readonly Fact[], batch: CommittedBatch) => void;
  /** What a caller is told when the database failed with `error`; any other error is given back as it is. */
  readonly explain: (error: unknown) => unknown;
}

interface Pending<Tables> {
  readonly work: (tables: Tables) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Outcome<Fact> {
  readonly facts: readonly Fact[];
  /** Tells the caller; called once the batch is on disk. */
  readonly settle: () => void;
}

/** Runs transactions. */
export class GroupCommit<Tables, Fact> {
  readonly #options: GroupCommitOptions<Tables, Fact>;
  #waiting: Pending<Tables>[] = [];
  #running: Promise<void> | undefined;
  #stopped: unknown;

  constructor(options: GroupCommitOptions<Tables, Fact>) {
    this.#options = options;
  }

  /**
   * Queues `work`; resolves after the fsync that made it durable. An error of `work` undoes only its own changes. When the
   * disk refuses the commit, every transaction of the batch fails with what `explain` makes of that. Fails with RATE_LIMITED
   * when 10 000 wait already.
   */
  transact<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#waiting.length >= maxWaiting) return Promise.reject(rateLimited("changes waiting for the disk", 1_000));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#running ??= this.#runAll();
    });
  }

  /** Refuses every transaction from now on, waiting ones included. */
  stop(reason: unknown): void {
    this.#stopped ??= reason;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const pending of waiting) pending.reject(this.#stopped);
  }

  /** Takes no more transactions; resolves when those that wait are done. */
  async close(): Promise<void> {
    this.#stopped ??= new Error("the store is closed");
    await this.#running;
  }

  /** Lets the event loop turn before each batch, so that calls which arrive together are committed together. */
  async #runAll(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      await this.#runBatch();
      await nextTurn();
    }
    this.#running = undefined;
  }

  async #runBatch(): Promise<void> {
    const { connection, faults, committed } = this.#options;
    const batch: Pending<Tables>[] = [];
    let outcomes: Outcome<Fact>[];
    let beginMs = 0;
    try {
      connection.command("BEGIN IMMEDIATE");
      faults("store.begin");
      outcomes = await this.#workThrough(batch);
      faults("store.before-commit");
      beginMs = performance.now();
      connection.command("COMMIT");
    } catch (error) {
      this.#abandon(batch, error);
      return;
    }
    faults("store.after-commit");
    committed(
      outcomes.flatMap((outcome) => outcome.facts),
      { transactions: batch.length, commitMs: performance.now() - beginMs },
    );
    for (const outcome of outcomes) outcome.settle();
  }

  /** Moves what waits into `batch`, running each; throws when the whole batch is lost. */
  async #workThrough(batch: Pending<Tables>[]): Promise<Outcome<Fact>[]> {
    const { clock } = this.#options;
    const started = clock.nowMs();
    const outcomes: Outcome<Fact>[] = [];
    while (batch.length < maxBatch && clock.nowMs() - started < maxBatchMs) {
      const pending = this.#waiting.shift();
      if (pending === undefined) break;
      batch.push(pending);
      outcomes.push(await this.#workOn(pending));
    }
    return outcomes;
  }

  /** Runs one transaction between savepoints. */
  async #workOn(pending: Pending<Tables>): Promise<Outcome<Fact>> {
    const { connection, open, explain } = this.#options;
    const lease = new Lease(connection);
    connection.command("SAVEPOINT work");
    try {
      const { tables, facts } = open(lease);
      const value = await pending.work(tables);
      lease.end("their transaction is over");
      connection.command("RELEASE work");
      return { facts, settle: () => pending.resolve(value) };
    } catch (error) {
      lease.end("their transaction failed");
      if (troubleOf(error) === "damaged" || !connection.inTransaction) throw error;
      connection.command("ROLLBACK TO work");
      connection.command("RELEASE work");
      return { facts: [], settle: () => pending.reject(explain(error)) };
    }
  }

  #abandon(batch: Pending<Tables>[], error: unknown): void {
    const { connection, explain } = this.#options;
    const told = explain(error);
    if (connection.inTransaction) connection.command("ROLLBACK");
    // BEGIN failed: the next try would too, so those who wait are told now.
    const lost = batch.length > 0 ? batch : this.#waiting.splice(0, maxBatch);
    for (const pending of lost) pending.reject(told);
  }
}
