/** Waiting for something to change. */

/** Why a wait ended. */
export type WakeReason = "woken" | "timeout" | "aborted";

/** Bells `wakeSoon` rings before the event loop turns. */
const bellsPerTurn = 32;

/**
 * A bell many may wait for. There is no memory of past rings: look first, then wait, with nothing awaited in between.
 */
export class Wakeup {
  #waiting = new Set<(reason: WakeReason) => void>();
  readonly #forwards = new Set<Wakeup>();
  /** How far `wakeSoon` is; "again" when it was asked for while it rang. */
  #round: "none" | "due" | "ringing" | "again" = "none";

  /** Rings `other` whenever this one rings, until the returned function is called. */
  forward(other: Wakeup): () => void {
    this.#forwards.add(other);
    return () => void this.#forwards.delete(other);
  }

  /** Ends every wait. */
  wake(): void {
    for (const other of this.#forwards) other.wake();
    this.#endWaits();
  }

  /**
   * Ends every wait within the next turns of the event loop, a few bells a turn, so that what the first ones do about it is on
   * its way before the last ones hear of it. Asked for again meanwhile, it goes round once more.
   */
  wakeSoon(): void {
    if (this.#round === "ringing") this.#round = "again";
    if (this.#round !== "none") return;
    this.#round = "due";
    setImmediate(() => {
      this.#round = "ringing";
      this.#ring(this.#forwards.values());
    });
  }

  /** Ends at the next ring. */
  next(): Promise<WakeReason> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Ends at the next ring, after `timeoutMs`, or when the signal aborts; never rejects. */
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

  #ring(bells: Iterator<Wakeup>): void {
    for (let rung = 0; rung < bellsPerTurn; rung++) {
      const bell = bells.next();
      if (bell.done === true) {
        this.#endRound();
        return;
      }
      bell.value.wake();
    }
    setImmediate(() => this.#ring(bells));
  }

  #endRound(): void {
    this.#endWaits();
    const again = this.#round === "again";
    this.#round = "none";
    if (again) this.wakeSoon();
  }

  #endWaits(): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const end of waiting) end("woken");
  }
}
