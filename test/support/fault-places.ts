/** Places where a process is killed in a crash test of its own, and how often each is passed before: once a process. */

/** Where messages of channels are taken in; see test/crash/inbound.test.ts. */
export const inboundPlaces: Readonly<Record<string, readonly number[]>> = {
  "inbound.before-commit": [1, 9],
  "inbound.committed": [1, 8],
  "store.after-commit": [7],
};
