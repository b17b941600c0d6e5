/** The calls in flight, and the deadlines nobody else enforces. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectError } from "@connectrpc/connect";
import type { Failure } from "../../core/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import { overdue } from "../door-failures.ts";
import type { TimeLimits } from "../server-options.ts";
import type { Call } from "./call.ts";

/** Calls whose client sends a stream (only reflection has any) end after this. */
const clientStreamMs = 10 * 60_000;

/** While calls end, how often it is looked whether they have, in ms. */
const lookMs = 2;

/** Called with a call that took too long, and what to tell its caller. */
export type OverdueListener = (call: Call, failure: Failure) => void;

/** What OpenCalls needs. */
export interface OpenCallsOptions {
  readonly times: TimeLimits;
  readonly clock: Clock;
  /** Must answer the call: its handler, or its sender, did not. */
  readonly onOverdue: OverdueListener;
}

/** Keeps every call until it ends. One timer looks after all deadlines, and only while there are calls. */
export class OpenCalls {
  readonly #times: TimeLimits;
  readonly #clock: Clock;
  readonly #onOverdue: OverdueListener;
  readonly #calls = new Set<Call>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ times, clock, onOverdue }: OpenCallsOptions) {
    this.#times = times;
    this.#clock = clock;
    this.#onOverdue = onOverdue;
  }

  /** Streams among them. */
  get streams(): number {
    return [...this.#calls].filter((call) => call.isStream).length;
  }

  add(call: Call): void {
    this.#calls.add(call);
    if (this.#timer !== undefined) return;
    const intervalMs = Math.min(1_000, Math.max(10, Math.min(this.#times.unaryMs, this.#times.requestMs) / 4));
    this.#timer = setInterval(() => this.#endOverdue(), intervalMs);
    this.#timer.unref();
  }

  delete(call: Call): void {
    this.#calls.delete(call);
  }

  /** Asks the handler of every open stream to stop with this error. Unary calls go on to their answer. */
  abortStreams(error: () => ConnectError): void {
    for (const call of this.#calls) if (call.isStream) call.abort(error());
  }

  /** Resolves when no stream is open, at the latest after `timeoutMs`. */
  streamsEnded(timeoutMs: number): Promise<void> {
    return this.#whenNone((call) => call.isStream, timeoutMs);
  }

  /** Resolves when no call is open, at the latest after `timeoutMs`. Returns those that still are. */
  async allEnded(timeoutMs: number): Promise<Call[]> {
    await this.#whenNone(() => true, timeoutMs);
    return [...this.#calls];
  }

  async #whenNone(kind: (call: Call) => boolean, timeoutMs: number): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (performance.now() < endMs && [...this.#calls].some(kind)) await sleep(lookMs);
  }

  #endOverdue(): void {
    if (this.#calls.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    const nowMs = this.#clock.nowMs();
    for (const call of this.#calls) {
      const limitMs = this.#limitMs(call);
      if (limitMs === undefined || nowMs - call.startMs < limitMs) continue;
      this.#calls.delete(call);
      this.#onOverdue(call, overdue(limitMs));
    }
  }

  /** How long the call may go on as it is; undefined for a server stream that has its request. */
  #limitMs(call: Call): number | undefined {
    if (!call.isStream) return this.#times.unaryMs;
    if (call.method.methodKind === "server_streaming") return call.bodyComplete ? undefined : this.#times.requestMs;
    return clientStreamMs;
  }
}
