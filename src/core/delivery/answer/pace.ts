/** How fast blocks of an answer follow each other: not before the model pauses, and with the pauses a person would make. */

import type { Clock } from "../../../lib/clock.ts";
import type { OutboundSettings } from "../../channel/channel-settings.ts";

/** Notes how long a text has not grown. */
export class Growth {
  readonly #clock: Clock;
  #length = 0;
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.nowMs();
  }

  /** True when the text is as long as it was `idleMs` ago; never for 0. */
  isIdle({ length }: string, idleMs: number): boolean {
    const nowMs = this.#clock.nowMs();
    if (length !== this.#length) {
      this.#length = length;
      this.#sinceMs = nowMs;
    }
    return idleMs > 0 && nowMs - this.#sinceMs >= idleMs;
  }
}

/** A pause as the settings want it, in ms; 0 for none. */
export function humanDelayMs({ humanDelay }: Pick<OutboundSettings, "humanDelay">): number {
  if (humanDelay === undefined) return 0;
  const { minMs, maxMs } = humanDelay;
  return Math.round(minMs + Math.random() * Math.max(0, maxMs - minMs));
}
