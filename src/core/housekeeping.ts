/** Indexes what was said and forgets what is past its time (events, request records, files nobody needs), a little at a time. */

import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Blobs } from "./blob/blobs.ts";
import { tidyDeliveries } from "./delivery/tidy-deliveries.ts";
import type { Retention } from "./event/event-table.ts";
import { indexTexts } from "./message/index-texts.ts";
import type { Store } from "./store.ts";

const everyMs = 60_000;
const rowsAtOnce = 500;

/** What housekeeping is built from. */
export interface HousekeepingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly retention: Retention;
  readonly log: Log;
  readonly blobs: Blobs;
}

/** How long a message of a channel is known when it comes again, and how many are. */
const ingressRetention = { maxAgeMs: 30 * 86_400_000, maxRows: 100_000 };

/** A timer that indexes and prunes. */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#tidy(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Indexes and prunes until nothing is left to do; each transaction is short, so that nobody waits long. */
  async #tidy(): Promise<void> {
    const { store, clock, retention, log, blobs } = this.#parts;
    try {
      await indexTexts(store);
      const nowMs = clock.nowMs();
      await untilDone(() => store.transact(({ events }) => events.prune(retention, rowsAtOnce)));
      await untilDone(() => store.transact(({ requests }) => requests.prune(nowMs, rowsAtOnce)));
      await untilDone(() => store.transact(({ ingress }) => ingress.prune(ingressRetention, nowMs, rowsAtOnce)));
      await tidyDeliveries(store, nowMs);
      await blobs.collect();
    } catch (error) {
      log.warn({ err: error }, "what was to be tidied could not be; trying again in a minute");
    }
  }
}

/** Drops a little at a time; `drop` says how much it was. */
async function untilDone(drop: () => Promise<number>): Promise<void> {
  while ((await drop()) === rowsAtOnce);
}
