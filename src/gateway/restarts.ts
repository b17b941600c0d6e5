/** When a gateway restarts: requests that come together are one, and between two restarts there is a pause. */

import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { errorWords } from "../lib/text/error-words.ts";

/** A restart as it is asked for. */
export interface RestartOrder {
  /** For the log, and for those who ask why the gateway drains. */
  readonly reason: string;
  /** How long active runs may go on once no run starts any more, in ms. */
  readonly graceMs: number;
  /** How long to wait first for a moment without active runs, in ms; 0 is not at all. */
  readonly idleMs: number;
  /** Wait for nothing. */
  readonly force: boolean;
}

/** What is known of restarts. */
export interface RestartStatus {
  /** Why one is due; empty when none is. */
  readonly reason: string;
  /** Why the last one that was asked for did not happen; empty when it did. */
  readonly refusal: string;
}

/** What Restarts needs. */
export interface RestartsParts {
  /** Shortest time from the end of one restart to the beginning of the next, in ms. */
  readonly cooldownMs: () => number;
  readonly activeRuns: () => number;
  /** Fails with what is in the way of a restart. */
  readonly check: () => Promise<unknown>;
  /** Does it, waiting for no run once `hurry` aborts. Fails when the gateway goes on with what it was. */
  readonly perform: (order: RestartOrder, hurry: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/** How often it is looked whether runs are active, in ms. */
const lookMs = 50;

interface Pending {
  order: RestartOrder;
  /** When it begins at the earliest, ms since the epoch. */
  beginTimeMs: number;
  readonly hurry: AbortController;
  done: Promise<void>;
}

/** The restarts of one gateway, one after the other. */
export class Restarts {
  readonly #parts: RestartsParts;
  #pending: Pending | undefined;
  /** What comes after the one under way, which it was too late for. */
  #next: RestartOrder | undefined;
  /** On the clock of performance.now(). */
  #coolMs = Number.NEGATIVE_INFINITY;
  #refusal = "";
  #stopped = false;
  #happening = false;
  #closed = false;

  constructor(parts: RestartsParts) {
    this.#parts = parts;
  }

  get status(): RestartStatus {
    const due = this.#happening ? this.#next : this.#pending?.order;
    return { reason: due?.reason ?? "", refusal: this.#refusal };
  }

  /** The restart under way has read what it restarts with: what is asked for from now on is another one. */
  closes(): void {
    this.#closed = true;
  }

  /** The restart under way is no longer due: what is opened from now on comes after it. */
  happens(): void {
    this.#happening = true;
  }

  /**
   * Asks for a restart and returns when it begins at the earliest, ms since the epoch. One that is due already is the same,
   * until it `closes`; the more impatient of the two counts. Fails as `check` does.
   */
  async request(order: RestartOrder): Promise<number> {
    try {
      await this.#parts.check();
    } catch (error) {
      this.#refuse(error);
      throw error;
    }
    const pending = this.#pending;
    if (pending === undefined) return this.#begin(order).beginTimeMs;
    if (this.#closed) {
      this.#next = this.#next === undefined ? order : moreImpatient(this.#next, order);
      return systemClock.nowMs() + (this.#next.force ? 0 : this.#parts.cooldownMs());
    }
    pending.order = moreImpatient(pending.order, order);
    if (order.force) pending.hurry.abort();
    return order.force ? systemClock.nowMs() : pending.beginTimeMs;
  }

  /** No restart begins any more; one under way waits for runs for at most `graceMs`. Resolves when none is under way. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    const pending = this.#pending;
    if (pending === undefined) return;
    const timer = setTimeout(() => pending.hurry.abort(), graceMs);
    await pending.done;
    clearTimeout(timer);
  }

  #begin(order: RestartOrder): Pending {
    const coolMs = order.force ? 0 : Math.max(0, this.#coolMs - performance.now());
    const hurry = new AbortController();
    const done = Promise.resolve();
    const pending: Pending = { order, beginTimeMs: systemClock.nowMs() + Math.ceil(coolMs), hurry, done };
    this.#pending = pending;
    this.#refusal = "";
    pending.done = this.#run(pending, coolMs);
    return pending;
  }

  async #run(pending: Pending, coolMs: number): Promise<void> {
    const { perform, cooldownMs } = this.#parts;
    try {
      // Whoever asked gets the answer first.
      await sleep(0);
      await this.#until(performance.now() + coolMs, pending, () => false);
      const startMs = performance.now();
      const isIdle = () => this.#parts.activeRuns() === 0 || performance.now() - startMs >= pending.order.idleMs;
      await this.#until(Number.POSITIVE_INFINITY, pending, isIdle);
      if (this.#stopped) return;
      await perform(pending.order, pending.hurry.signal);
      this.#coolMs = performance.now() + cooldownMs();
    } catch (error) {
      this.#refuse(error);
    } finally {
      const next = this.#next;
      this.#pending = undefined;
      this.#next = undefined;
      this.#happening = false;
      this.#closed = false;
      if (next !== undefined && !this.#stopped) this.#begin(next);
    }
  }

  async #until(endMs: number, { hurry }: Pending, isOver: () => boolean): Promise<void> {
    const goesOn = () => performance.now() < endMs && !isOver() && !hurry.signal.aborted && !this.#stopped;
    while (goesOn()) await sleep(Math.max(1, Math.min(lookMs, endMs - performance.now())));
  }

  #refuse(error: unknown): void {
    this.#refusal = errorWords(error);
    this.#parts.log.error({ reason: this.#refusal }, "the gateway was not restarted; it goes on as it was");
  }
}

function moreImpatient(one: RestartOrder, other: RestartOrder): RestartOrder {
  return {
    reason: one.reason,
    graceMs: Math.min(one.graceMs, other.graceMs),
    idleMs: Math.min(one.idleMs, other.idleMs),
    force: one.force || other.force,
  };
}
