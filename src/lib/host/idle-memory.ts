/**
 * Gives memory back to the system when the process has little to do. V8 keeps what a busy time made it take: a program that is
 * always on and mostly idle would keep several times what it needs.
 */

import type { Session } from "node:inspector";

/** When memory is given back. */
export interface IdleMemoryOptions {
  /** How often it is looked, in ms. Default 2 s. */
  readonly intervalMs?: number;
  /** CPU time within an interval, in ms, up to which the process is idle. Default 20 ms: one per cent. */
  readonly idleCpuMs?: number;
  /** CPU time, in ms, after which it is worth the tenth of a second that it takes. Default 250 ms. */
  readonly worthCpuMs?: number;
}

/** Collects garbage once after each busy time. Does not keep the process alive. */
export class IdleMemory {
  readonly #timer: NodeJS.Timeout;
  readonly #idleCpuMs: number;
  readonly #worthCpuMs: number;
  #collecting = false;
  /** CPU time of the process, in ms: at the last look, and when memory was last given back. A start is always worth it. */
  #seenMs = cpuMs();
  #cleanMs = Number.NEGATIVE_INFINITY;

  constructor({ intervalMs = 2_000, idleCpuMs = 20, worthCpuMs = 250 }: IdleMemoryOptions = {}) {
    this.#idleCpuMs = idleCpuMs;
    this.#worthCpuMs = worthCpuMs;
    this.#timer = setInterval(() => this.#look(), intervalMs).unref();
  }

  /** Nothing is collected any more, but what has begun. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = cpuMs();
    const idle = nowMs - this.#seenMs <= this.#idleCpuMs;
    this.#seenMs = nowMs;
    if (idle && nowMs - this.#cleanMs >= this.#worthCpuMs) this.#giveBack();
  }

  /** The inspector's collection is the one that also returns what is free. */
  #giveBack(): void {
    if (!process.features.inspector || this.#collecting) return;
    this.#collecting = true;
    const { Session } = process.getBuiltinModule("node:inspector");
    const session = new Session();
    session.connect();
    session.post("HeapProfiler.collectGarbage", () => {
      // Disconnecting in here would never return.
      setImmediate(() => this.#disconnect(session));
    });
  }

  #disconnect(session: Session): void {
    session.disconnect();
    this.#collecting = false;
    this.#seenMs = cpuMs();
    this.#cleanMs = this.#seenMs;
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
