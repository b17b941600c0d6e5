/** Bounds the streams that are open at once, of one principal and in all. */

import { tooManyStreams } from "../../core/errors.ts";
import { anonymousCaller } from "../caller-key.ts";
import type { CountLimits } from "../server-options.ts";

/** Counts open streams. Every slot taken must be released once. */
export class StreamSlots {
  readonly #limits: CountLimits;
  readonly #open = new Map<string, number>();
  #total = 0;

  constructor(limits: CountLimits) {
    this.#limits = limits;
  }

  /** Takes a slot. Fails with TOO_MANY_STREAMS when the principal, or everybody together, holds as many as allowed. */
  take(principal: string): void {
    const own = this.#open.get(principal) ?? 0;
    const limit =
      principal === anonymousCaller.principal ? this.#limits.anonymousStreams : this.#limits.streamsPerPrincipal;
    if (own >= limit) throw tooManyStreams(limit);
    if (this.#total >= this.#limits.streams) throw tooManyStreams(this.#limits.streams);
    this.#open.set(principal, own + 1);
    this.#total += 1;
  }

  /** Gives back a slot this principal took. */
  release(principal: string): void {
    const own = this.#open.get(principal) ?? 0;
    if (own <= 1) this.#open.delete(principal);
    else this.#open.set(principal, own - 1);
    this.#total -= 1;
  }
}
