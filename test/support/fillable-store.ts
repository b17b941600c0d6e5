/** A store on a disk that can become full. */

import { readOnly } from "../../src/core/errors.ts";
import type { Store } from "../../src/core/store.ts";

/** Wraps stores, which then refuse every transaction with READ_ONLY, its work done, while `full` is true. */
export class FillableDisk {
  full = false;

  readonly wrap = (store: Store): Store => ({
    logId: store.logId,
    readOnlyReason: store.readOnlyReason,
    read: (work) => store.read(work),
    onCommit: (listener) => store.onCommit(listener),
    transact: (work) =>
      store.transact(async (tables) => {
        const done = await work(tables);
        if (this.full) throw readOnly("the disk is full");
        return done;
      }),
  });
}
