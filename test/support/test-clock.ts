/** A clock a test can set. */

import type { Clock } from "../../src/lib/clock.ts";

/** The machine's time plus what it was advanced by. */
export class TestClock implements Clock {
  #offsetMs = 0;

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Moves the time forward; back with a negative number. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }
}
