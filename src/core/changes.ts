/** Transactions that change resources: the store, the clock and the ids that every one of them needs. */

import type { Clock } from "../lib/clock.ts";
import { UlidSource } from "../lib/ulid-source.ts";
import { idOf } from "./names.ts";
import { Recorder } from "./recorder.ts";
import type { Store } from "./store.ts";

/** Principal of what the gateway does by itself. */
export const gatewayActor = "gateway";

/** Opens transactions. */
export class Changes {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids = new UlidSource();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Makes new ids sort after those that are there: the clock may have been set back since the last process made some, and what
   * waits, waits in the order of its ids. Call once, before anything is changed.
   */
  async start(): Promise<void> {
    const newest = await this.#store.read(async ({ runs, deliveries, ingress }) => [
      ...(await runs.list({ limit: 1 })).map(({ run }) => run.name),
      ...(await deliveries.list({ limit: 1 })).map(({ delivery }) => delivery.name),
      ...(await ingress.list({ limit: 1 })).map(({ name }) => name),
    ]);
    for (const name of newest) this.#ids.startAfter(idOf(name));
  }

  /** Runs `work` in one transaction on behalf of `actor`; resolves when it is safe on disk. */
  transact<T>(actor: string, work: (recorder: Recorder) => Promise<T>): Promise<T> {
    return this.#store.transact((tables) =>
      work(new Recorder({ tables, actor, nowMs: this.#clock.nowMs(), ids: this.#ids })),
    );
  }
}
