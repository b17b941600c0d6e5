/** How fast we write: servers throw out whoever floods them. */

import type { Clock } from "../../lib/clock.ts";
import { sleep } from "../../lib/sleep.ts";

/** Lines that may go at once after a silence. */
const burst = 4;

/** Turns, so many a second, in the order they were asked for. */
export class Pace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #freeMs = 0;

  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#intervalMs = 1_000 / perSecond;
  }

  /** Resolves when it is the caller's turn; rejects when the signal aborts first, and the turn is lost. */
  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    this.#freeMs = Math.max(this.#freeMs, nowMs - burst * this.#intervalMs) + this.#intervalMs;
    const waitMs = this.#freeMs - nowMs;
    if (waitMs > 0) await sleep(waitMs, signal);
  }
}
