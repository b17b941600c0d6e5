/** Two programs that answer each other would do so for ever: after a while, one of them is left alone. */

import type { BotLoopLimits } from "../channel-settings.ts";

/** Pairs remembered; the one that spoke longest ago is forgotten first. */
const maxPairs = 1_000;

interface Pair {
  /** When events happened, ms since the epoch, oldest first. */
  times: number[];
  pausedUntilMs: number;
}

/** Counts what programs write. What it knows is of this process only: a restart is a pause, too. */
export class BotLoopGuard {
  readonly #pairs = new Map<string, Pair>();

  /** Notes that a program wrote in a conversation; why it is left alone for now, or undefined. */
  note(pairName: string, { maxEvents, windowMs, cooldownMs }: BotLoopLimits, nowMs: number): string | undefined {
    const pair = this.#pairs.get(pairName) ?? { times: [], pausedUntilMs: 0 };
    this.#pairs.delete(pairName);
    this.#pairs.set(pairName, pair);
    const [oldest] = this.#pairs.keys();
    if (this.#pairs.size > maxPairs && oldest !== undefined) this.#pairs.delete(oldest);
    const leftMs = pair.pausedUntilMs - nowMs;
    // A pause that has more left than it ever had is one of before the clock was set back.
    if (leftMs > 0 && leftMs <= cooldownMs) return pauseReason(leftMs);
    // Both directions count: what is heard is answered.
    pair.times = [...pair.times.filter((time) => time > nowMs - windowMs), nowMs, nowMs];
    if (pair.times.length <= maxEvents) return undefined;
    pair.times = [];
    pair.pausedUntilMs = nowMs + cooldownMs;
    return pauseReason(cooldownMs);
  }
}

function pauseReason(ms: number): string {
  return `this program and we answered each other too often; it is not heard for ${Math.ceil(ms / 1_000)} s`;
}
