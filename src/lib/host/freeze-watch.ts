/** Notices that the machine slept: a timer that should have rung long ago. */

import type { Clock } from "../clock.ts";

const tickMs = 5_000;

/** Looks at the clock every few seconds; one that is far ahead means that the process stood still, or that the clock was set. */
export class FreezeWatch {
  readonly #clock: Clock;
  readonly #freezeMs: number;
  readonly #thawed: (frozenMs: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;

  /** `thawed` is called after each standstill of `freezeMs` or more. */
  constructor(clock: Clock, freezeMs: number, thawed: (frozenMs: number) => void) {
    this.#clock = clock;
    this.#freezeMs = freezeMs;
    this.#thawed = thawed;
  }

  start(): void {
    this.#lastMs = this.#clock.nowMs();
    this.#timer ??= setInterval(() => this.look(), tickMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks now; the timer does this by itself. */
  look(): void {
    const nowMs = this.#clock.nowMs();
    const frozenMs = nowMs - this.#lastMs - tickMs;
    this.#lastMs = nowMs;
    if (frozenMs >= this.#freezeMs) this.#thawed(frozenMs);
  }
}
