/** Snapshots: a few read-only connections that never wait for the writer. Readers share one while nothing is committed. */

import { rateLimited } from "../../core/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Connection } from "./connection.ts";
import { Lease } from "./lease.ts";

const maxConnections = 4;
const maxWaiting = 10_000;

/** A snapshot whose last reader came longer ago is ended when others need its connection or the write-ahead log has to shrink. */
const maxSnapshotMs = 10_000;

/** What the pool needs. */
export interface ReadPoolOptions<Tables> {
  /** Opens one more read-only connection. */
  readonly connect: () => Connection;
  /** Makes the tables of one reader. */
  readonly open: (lease: Lease) => Tables;
  /** How often something was committed so far: a snapshot is shared as long as this is what it was. */
  readonly commits: () => number;
  readonly clock: Clock;
  /** What a caller is told when the database failed with `error`; any other error is given back as it is. */
  readonly explain: (error: unknown) => unknown;
}

interface Snapshot {
  readonly connection: Connection;
  readonly commits: number;
  readonly leases: Set<Lease>;
  joinTimeMs: number;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Gives out snapshots. */
export class ReadPool<Tables> {
  readonly #options: ReadPoolOptions<Tables>;
  readonly #free: Connection[] = [];
  readonly #open = new Set<Snapshot>();
  #waiting: Waiting[] = [];
  #latest: Snapshot | undefined;
  #closed = false;

  constructor(options: ReadPoolOptions<Tables>) {
    this.#options = options;
  }

  /** Runs `work` on one snapshot. Waits only when 4 older ones are open; fails with RATE_LIMITED when 10 000 wait already. */
  async read<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    let snapshot = this.#join();
    while (snapshot === undefined) {
      await this.#wait();
      snapshot = this.#join();
    }
    const lease = new Lease(snapshot.connection);
    snapshot.leases.add(lease);
    snapshot.joinTimeMs = this.#options.clock.nowMs();
    try {
      return await work(this.#options.open(lease));
    } catch (error) {
      throw this.#options.explain(error);
    } finally {
      lease.end("their snapshot is over");
      snapshot.leases.delete(lease);
      if (!this.#isCurrent(snapshot)) this.#endUnused(snapshot);
    }
  }

  /** Ends the snapshot that waits for its next reader: the write-ahead log cannot shrink below it. */
  endUnused(): void {
    for (const snapshot of this.#open) this.#endUnused(snapshot);
  }

  /** Ends snapshots whose last reader came longer than 10 s ago. */
  endOld(): void {
    const limitMs = this.#options.clock.nowMs() - maxSnapshotMs;
    for (const snapshot of this.#open) {
      if (snapshot.joinTimeMs < limitMs) this.#end(snapshot, "their snapshot was kept open for too long");
    }
  }

  /** Ends every snapshot and closes the connections. */
  close(): void {
    this.#closed = true;
    for (const snapshot of this.#open) this.#end(snapshot, "the store was closed");
    for (const connection of this.#free.splice(0)) connection.close();
    this.#wakeWaiting();
  }

  /** The snapshot of now, or undefined when all connections hold older ones. */
  #join(): Snapshot | undefined {
    if (this.#closed) throw closed();
    if (this.#latest !== undefined && this.#isCurrent(this.#latest)) return this.#latest;
    if (this.#latest !== undefined) this.#endUnused(this.#latest);
    if (this.#free.length === 0 && this.#open.size >= maxConnections) this.endOld();
    const free = this.#free.pop();
    if (free === undefined && this.#open.size >= maxConnections) return undefined;
    const connection = free ?? this.#options.connect();
    return this.#begin(connection);
  }

  #begin(connection: Connection): Snapshot {
    const { commits, clock } = this.#options;
    const snapshot = { connection, commits: commits(), leases: new Set<Lease>(), joinTimeMs: clock.nowMs() };
    try {
      connection.command("BEGIN");
    } catch (error) {
      this.#free.push(connection);
      throw this.#options.explain(error);
    }
    this.#open.add(snapshot);
    this.#latest = snapshot;
    return snapshot;
  }

  /** True when nothing was committed since the snapshot was taken, and it still stands. */
  #isCurrent(snapshot: Snapshot): boolean {
    return (
      snapshot.commits === this.#options.commits() && snapshot.connection.inTransaction && this.#open.has(snapshot)
    );
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= maxWaiting) throw rateLimited("reads waiting", 1_000);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  #endUnused(snapshot: Snapshot): void {
    if (snapshot.leases.size === 0) this.#end(snapshot, "their snapshot is over");
  }

  #end(snapshot: Snapshot, why: string): void {
    for (const lease of snapshot.leases) lease.end(why);
    if (!this.#open.delete(snapshot)) return;
    if (this.#latest === snapshot) this.#latest = undefined;
    const { connection } = snapshot;
    if (connection.inTransaction) connection.command("ROLLBACK");
    if (this.#closed) connection.close();
    else this.#free.push(connection);
    this.#wakeWaiting();
  }
}

function closed(): Error {
  return new Error("the store is closed");
}
