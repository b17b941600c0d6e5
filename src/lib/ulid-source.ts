/** Ids that sort by the time they were made. */

import { monotonicFactory, type ULIDFactory } from "ulid";

/** Makes ULIDs; each is greater than the one before, also within a millisecond. */
export class UlidSource {
  readonly #next: ULIDFactory = monotonicFactory();

  next(nowMs: number): string {
    return this.#next(nowMs);
  }
}
