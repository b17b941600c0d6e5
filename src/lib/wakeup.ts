/** Waiting for something to change. */

/** Why a wait ended. */
export type WakeReason = "woken" | "timeout" | "aborted";

/**
 * A bell many may wait for. There is no memory of past rings: look first, then wait, with nothing awaited in between.
 */
export class Wakeup {
  #waiting = new Set<(reason: WakeReason) => void>();
  readonly #forwards = new Set<Wakeup>();

  /** Rings `other` whenever this one rings, until the returned function is called. */
  forward(other: Wakeup): () => void {
    this.#forwards.add(other);
    return () => void this.#forwards.delete(other);
  }

  /** Ends every wait. */
  wake(): void {
    for (const other of this.#forwards) other.wake();
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const end of waiting) end("woken");
  }

  /** Ends at the next `wake`, after `timeoutMs`, or when the signal aborts; never rejects. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<WakeReason> {
    if (signal.aborted) return Promise.resolve("aborted");
    return new Promise((resolve) => {
      const end = (reason: WakeReason): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.#waiting.delete(end);
        resolve(reason);
      };
      const onAbort = (): void => end("aborted");
      const timer = setTimeout(end, timeoutMs, "timeout");
      signal.addEventListener("abort", onAbort);
      this.#waiting.add(end);
    });
  }
}
