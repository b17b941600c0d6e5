/** Forgets old deliveries, a little at a time: first what they said, later that they were. */

import type { Store } from "../store.ts";

const dayMs = 86_400_000;

/** What was sent, expired or discarded keeps its content for so many days, what failed for longer; then the receipt is left. */
const bodyDays = 7;
const failureDays = 30;
const rowDays = 90;

const rowsAtOnce = 200;

/** Forgets what is past its time; each transaction is short, so that nobody waits long. */
export async function tidyDeliveries(store: Store, nowMs: number): Promise<void> {
  const retention = {
    bodiesBeforeMs: nowMs - bodyDays * dayMs,
    failuresBeforeMs: nowMs - failureDays * dayMs,
    rowsBeforeMs: nowMs - rowDays * dayMs,
  };
  let changed: number;
  do {
    changed = await store.transact(({ deliveries }) => deliveries.tidy(retention, rowsAtOnce));
  } while (changed >= rowsAtOnce);
}
