/** Snapshots: a few read-only connections that never wait for the writer. */

import { rateLimited } from "../../core/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Connection } from "./connection.ts";
import { Lease } from "./lease.ts";

const maxConnections = 4;
const maxWaiting = 10_000;

/** A snapshot older than this is ended when others need its connection or it keeps the write-ahead log from shrinking. */
const maxSnapshotMs = 10_000;

/** What the pool needs. */
export interface ReadPoolOptions<Tables> {
  /** Opens one more read-only connection. */
  readonly connect: () => Connection;
  /** Makes the tables of one snapshot. */
  readonly open: (lease: Lease) => Tables;
  readonly clock: Clock;
  /** What a caller is told when the database failed with `error`; any other error is given back as it is. */
  readonly explain: (error: unknown) => unknown;
}

interface Snapshot {
  readonly connection: Connection;
  readonly lease: Lease;
  readonly startTimeMs: number;
}

interface Waiting {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
}

/** Gives out snapshots. */
export class ReadPool<Tables> {
  readonly #options: ReadPoolOptions<Tables>;
  readonly #free: Connection[] = [];
  readonly #open = new Set<Snapshot>();
  readonly #waiting: Waiting[] = [];
  #taken = 0;
  #closed = false;

  constructor(options: ReadPoolOptions<Tables>) {
    this.#options = options;
  }

  /** Runs `work` on one snapshot. Waits only when 4 others are open; fails with RATE_LIMITED when 10 000 wait already. */
  async read<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    const snapshot = { connection, lease: new Lease(connection), startTimeMs: this.#options.clock.nowMs() };
    this.#open.add(snapshot);
    try {
      connection.command("BEGIN");
      return await work(this.#options.open(snapshot.lease));
    } catch (error) {
      throw this.#options.explain(error);
    } finally {
      this.#end(snapshot, "their snapshot is over");
    }
  }

  /** Ends snapshots that were kept open for longer than 10 s. */
  endOld(): void {
    const limitMs = this.#options.clock.nowMs() - maxSnapshotMs;
    for (const snapshot of this.#open) {
      if (snapshot.startTimeMs < limitMs) this.#end(snapshot, "their snapshot was kept open for too long");
    }
  }

  /** Ends every snapshot and closes the connections. */
  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    for (const snapshot of this.#open) this.#end(snapshot, "the store was closed");
    for (const connection of this.#free.splice(0)) connection.close();
  }

  async #take(): Promise<Connection> {
    if (this.#closed) throw closed();
    if (this.#free.length === 0 && this.#taken >= maxConnections) this.endOld();
    const free = this.#free.pop();
    if (free === undefined && this.#taken >= maxConnections) return this.#wait();
    const connection = free ?? this.#options.connect();
    this.#taken += 1;
    return connection;
  }

  #wait(): Promise<Connection> {
    if (this.#waiting.length >= maxWaiting) throw rateLimited("reads waiting", 1_000);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #end(snapshot: Snapshot, why: string): void {
    snapshot.lease.end(why);
    if (!this.#open.delete(snapshot)) return;
    const { connection } = snapshot;
    if (connection.inTransaction) connection.command("ROLLBACK");
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.resolve(connection);
      return;
    }
    this.#taken -= 1;
    if (this.#closed) connection.close();
    else this.#free.push(connection);
  }
}

function closed(): Error {
  return new Error("the store is closed");
}
