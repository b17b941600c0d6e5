/** A store in a directory of its own that goes away with the test. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import { type FaultPoint, noFaults } from "../../../src/lib/fault-point.ts";
import { silentLog } from "../../../src/lib/log.ts";
import { openStore, type SqliteStore } from "../../../src/storage/sqlite-store.ts";
import { acquireStateLock, type StateLock } from "../../../src/storage/state-lock.ts";

/** A clock that stands where it is put. */
export class SettableClock implements Clock {
  timeMs = Date.UTC(2026, 10, 22);

  nowMs(): number {
    return this.timeMs;
  }
}

/** What a test may replace. */
export interface TemporaryStoreOptions {
  readonly clock?: Clock;
  readonly faults?: FaultPoint;
}

/** A directory, its lock and a store in it. Call `remove` in afterEach. */
export class TemporaryStore {
  readonly dir = mkdtempSync(join(tmpdir(), "openclaw-store-"));
  readonly path = join(this.dir, "openclaw.db");
  readonly #options: TemporaryStoreOptions;
  #store: SqliteStore | undefined;
  #lock: StateLock | undefined;

  constructor(options: TemporaryStoreOptions = {}) {
    this.#options = options;
  }

  /** The open store. */
  get store(): SqliteStore {
    if (this.#store === undefined) throw new Error("the test has not opened its store");
    return this.#store;
  }

  /** Opens the store; closes it first when it is open. */
  async open(): Promise<SqliteStore> {
    await this.close();
    this.#lock = acquireStateLock(this.dir, { pid: process.pid, startTimeMs: Date.now() });
    this.#store = await openStore({
      lock: this.#lock,
      clock: this.#options.clock ?? systemClock,
      log: silentLog,
      faults: this.#options.faults ?? noFaults,
    });
    return this.#store;
  }

  /** Closes the store and gives the lock back; the directory stays. */
  async close(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** Closes the store and deletes its directory. */
  async remove(): Promise<void> {
    await this.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
