/** Places where a process is killed in a crash test of its own, and how often each is passed before: once a process. */

/** Where messages of channels are taken in; see test/crash/inbound.test.ts. */
export const inboundPlaces: Readonly<Record<string, readonly number[]>> = {
  "inbound.before-commit": [1, 9],
  "inbound.committed": [1, 8],
  "store.after-commit": [7],
};

/** Where deliveries leave; see test/crash/outbox.test.ts. */
export const outboxPlaces: Readonly<Record<string, readonly number[]>> = {
  "outbox.queued": [7],
  "outbox.sending": [1, 6],
  "outbox.asked": [1, 5],
  "outbox.sent": [8],
};

/** Where a transcript is summed up, killed at the first time; see test/crash/compaction.test.ts. */
export const compactionPlaces = ["compaction.answered", "run.step"] as const;

/** Where a gateway restarts in place, killed at the first time; see test/e2e/restart-requests.test.ts. */
export const restartPlaces = ["restart.drained", "restart.closed", "restart.opened"] as const;

/** Where a file is replaced, in this order, tried with the configuration; see test/config/document/config-document.test.ts. */
export const filePlaces = [
  "file.before-draft",
  "file.draft-written",
  "file.draft-synced",
  "file.renamed",
  "file.folder-synced",
] as const;
