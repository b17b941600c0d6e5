/** Stops guessing: too many wrong credentials from one source lock it out for a while. */

import type { Clock } from "../../lib/clock.ts";

/** How many tries, and for how long what holds. */
export interface LockoutRule {
  /** Wrong credentials within `windowMs` that lock a source out. */
  readonly tries: number;
  readonly windowMs: number;
  readonly lockMs: number;
  /** Sources remembered at once; the longest unused is forgotten first, locked ones last. */
  readonly maxSources: number;
}

/** 10 wrong credentials within a minute: locked for five minutes. */
const defaultLockoutRule: LockoutRule = {
  tries: 10,
  windowMs: 60_000,
  lockMs: 5 * 60_000,
  maxSources: 10_000,
};

/** Calls that need no credential: two a second over a minute, then half a minute none. */
export const anonymousCallsRule: LockoutRule = {
  tries: 120,
  windowMs: 60_000,
  lockMs: 30_000,
  maxSources: 1_000,
};

interface Source {
  /** When the recent failures happened, oldest first; at most `tries`. */
  readonly failuresMs: number[];
  lockedUntilMs: number;
}

/** Counts wrong credentials by source. Nothing but time clears a count: a right credential does not. */
export class Lockout {
  readonly #clock: Clock;
  readonly #rule: LockoutRule;
  /** Longest unused first. */
  readonly #sources = new Map<string, Source>();

  constructor(clock: Clock, rule: LockoutRule = defaultLockoutRule) {
    this.#clock = clock;
    this.#rule = rule;
  }

  /** How long the source stays locked out, in ms; 0 when it is not. */
  remainingMs(source: string): number {
    const known = this.#sources.get(source);
    return known === undefined ? 0 : Math.max(0, known.lockedUntilMs - this.#clock.nowMs());
  }

  /** Counts one wrong credential; true when it locked the source. */
  recordFailure(source: string): boolean {
    const nowMs = this.#clock.nowMs();
    const known = this.#sources.get(source) ?? { failuresMs: [], lockedUntilMs: 0 };
    this.#sources.delete(source);
    if (this.#sources.size >= this.#rule.maxSources) this.#forgetOne(nowMs);
    this.#sources.set(source, known);
    known.failuresMs.push(nowMs);
    while ((known.failuresMs[0] ?? nowMs) <= nowMs - this.#rule.windowMs) known.failuresMs.shift();
    if (known.failuresMs.length < this.#rule.tries) return false;
    known.failuresMs.length = 0;
    known.lockedUntilMs = nowMs + this.#rule.lockMs;
    return true;
  }

  #forgetOne(nowMs: number): void {
    let oldest: string | undefined;
    for (const [source, { lockedUntilMs }] of this.#sources) {
      oldest ??= source;
      if (lockedUntilMs > nowMs) continue;
      this.#sources.delete(source);
      return;
    }
    if (oldest !== undefined) this.#sources.delete(oldest);
  }
}
