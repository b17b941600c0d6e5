/** Bounds the streams that are open at once, of one principal and in all. */

import { tooManyStreams } from "../../core/errors.ts";
import { anonymousCaller } from "../caller-key.ts";
import type { CountLimits } from "../server-options.ts";

/** How many streams this principal may hold open. */
export function streamLimit(principal: string, limits: CountLimits): number {
  if (principal === anonymousCaller.principal) return limits.anonymousStreams;
  const isCredential = principal.startsWith("tokens/") || principal.startsWith("devices/");
  return isCredential ? limits.streamsPerCredential : limits.streamsPerPrincipal;
}

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
    const limit = streamLimit(principal, this.#limits);
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
