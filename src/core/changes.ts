/** Transactions that change resources: the store, the clock and the ids that every one of them needs. */

import type { Clock } from "../lib/clock.ts";
import { UlidSource } from "../lib/ulid-source.ts";
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

  /** Runs `work` in one transaction on behalf of `actor`; resolves when it is safe on disk. */
  transact<T>(actor: string, work: (recorder: Recorder) => Promise<T>): Promise<T> {
    return this.#store.transact((tables) =>
      work(new Recorder({ tables, actor, nowMs: this.#clock.nowMs(), ids: this.#ids })),
    );
  }
}
