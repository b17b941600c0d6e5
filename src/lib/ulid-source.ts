/** Ids that sort by the time they were made. */

import { randomFillSync } from "node:crypto";
import { decodeTime, monotonicFactory, type ULIDFactory } from "ulid";

/** Random bytes are drawn by the page: asking the system for each character of each id costs more than all else here. */
const pageBytes = 4_096;

/** Makes ULIDs; each is greater than the one before, also within a millisecond. */
export class UlidSource {
  readonly #page = new Uint8Array(pageBytes);
  readonly #next: ULIDFactory;
  #used = pageBytes;

  constructor() {
    this.#next = monotonicFactory(() => this.#random());
  }

  /** From now on ids are greater than this one, too, though the clock may have been set back since. What is no ULID is ignored. */
  startAfter(id: string): void {
    if (/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) this.#next(decodeTime(id) + 1);
  }

  next(nowMs: number): string {
    return this.#next(nowMs);
  }

  /** A random number from 0 (inclusive) to 1 (exclusive), in 256 steps: a ULID uses 5 bits of it. */
  #random(): number {
    if (this.#used === pageBytes) {
      randomFillSync(this.#page);
      this.#used = 0;
    }
    const byte = this.#page[this.#used] ?? 0;
    this.#used += 1;
    return byte / 256;
  }
}
