/** Safe mode: after repeated crashes the gateway holds back what it does by itself, and after a while no longer. */

import type { HeldBack, HoldBack } from "../core/hold-back.ts";
import { systemClock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { BootRecord } from "../storage/boot-record.ts";

/** Longest time between two looks at the clock, which may be set, in ms. */
const lookMs = 30_000;

/** What the record of starts says, as time passes. */
export class SafeMode implements HoldBack {
  readonly #boots: Pick<BootRecord, "startMode">;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(boots: Pick<BootRecord, "startMode">, log: Log) {
    this.#boots = boots;
    this.#log = log;
    const { current } = this;
    if (current === undefined) return;
    log.warn({ untilMs: current.untilMs }, current.reason);
    this.#look();
  }

  get current(): HeldBack | undefined {
    const { reason, untilMs } = this.#boots.startMode;
    return untilMs === undefined ? undefined : { reason, untilMs };
  }

  whenOver(listener: () => void): () => void {
    if (this.#timer !== undefined) this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Nobody is told any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #look(): void {
    const { current } = this;
    if (current !== undefined) {
      const leftMs = Math.max(1, current.untilMs - systemClock.nowMs());
      this.#timer = setTimeout(() => this.#look(), Math.min(lookMs, leftMs)).unref();
      return;
    }
    this.#timer = undefined;
    this.#log.info({}, "safe mode is over: nothing is held back any more");
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
