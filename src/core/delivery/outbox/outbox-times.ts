/** How patient the outbox is. */

/** Times in ms unless said. */
export interface OutboxTimes {
  /** First wait after a try that failed; doubles. */
  readonly retryBaseMs: number;
  /** Longest wait the outbox chooses itself. */
  readonly retryCapMs: number;
  /** Tries before a delivery is given up. */
  readonly maxAttempts: number;
  /** What a network gets to answer. */
  readonly sendMs: number;
  /** What a network gets to give up a send that was called off. */
  readonly abortMs: number;
  /** How often expired deliveries are looked for. */
  readonly sweepMs: number;
  /** Deliveries of one channel that are sent at a time. */
  readonly parallel: number;
}

/** The times of a gateway. */
export const outboxTimes: OutboxTimes = {
  retryBaseMs: 500,
  retryCapMs: 30_000,
  maxAttempts: 10,
  sendMs: 120_000,
  abortMs: 1_000,
  sweepMs: 15_000,
  parallel: 8,
};
