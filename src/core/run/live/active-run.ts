/** A run somebody works on in this process: its lease, its deadline, and the way to stop it. */

import { durationMs } from "@bufbuild/protobuf/wkt";
import type { Failure } from "../../errors.ts";
import { leaseExpired, runTimeout } from "../run-failure.ts";
import type { RunRecord } from "../run-table.ts";
import type { LiveRun } from "./live-run.ts";

/** Longest time a timer can run, in ms; a longer one would end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** What an active run is built from. */
export interface ActiveRunOptions {
  readonly record: RunRecord;
  readonly live: LiveRun;
  /** Longest time without progress. */
  readonly leaseMs: number;
  /** Time left of the run's own timeout. */
  readonly timeoutMs: number;
  /** Ends the run with this failure. */
  readonly giveUp: (failure: Failure) => Promise<void>;
}

/** A worker's hold on a run. */
export class ActiveRun {
  readonly record: RunRecord;
  readonly live: LiveRun;
  /** Settles when the worker is gone. */
  done: Promise<void> = Promise.resolve();
  readonly #controller = new AbortController();
  readonly #options: ActiveRunOptions;
  #deadline: NodeJS.Timeout | undefined;
  #lease: NodeJS.Timeout;
  #progressMs = performance.now();

  constructor(options: ActiveRunOptions) {
    this.record = options.record;
    this.live = options.live;
    this.#options = options;
    this.#lease = setTimeout(() => this.#checkLease(), options.leaseMs);
    if (Number.isFinite(options.timeoutMs)) this.#waitForDeadline(options.timeoutMs);
  }

  /** Aborts when the worker has to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Progress was made: the lease starts anew. */
  touch(): void {
    this.#progressMs = performance.now();
  }

  /** The worker has to stop. */
  stop(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** No timer fires any more. */
  close(): void {
    clearTimeout(this.#lease);
    clearTimeout(this.#deadline);
  }

  #waitForDeadline(leftMs: number): void {
    const { record, giveUp } = this.#options;
    const { timeout } = record.run;
    const waitMs = Math.min(leftMs, longestTimerMs);
    this.#deadline = setTimeout(() => {
      if (leftMs > waitMs) this.#waitForDeadline(leftMs - waitMs);
      else void giveUp(runTimeout(timeout === undefined ? 0 : durationMs(timeout)));
    }, waitMs);
  }

  #checkLease(): void {
    const { leaseMs, giveUp } = this.#options;
    const leftMs = leaseMs - (performance.now() - this.#progressMs);
    if (leftMs <= 0) void giveUp(leaseExpired(leaseMs));
    else this.#lease = setTimeout(() => this.#checkLease(), leftMs);
  }
}
