/** How long to wait before the next try. */

/** A growing wait. */
export interface BackoffOptions {
  /** Wait after the first failure. */
  readonly baseMs: number;
  /** Longest wait. */
  readonly capMs: number;
  /** Share of the wait that is random, 0 to 1; 0.1 means ±10 %. */
  readonly jitter: number;
}

/** The wait in ms after `failures` failures (from 1): doubles each time, with jitter, never above the cap. */
export function backoffMs(failures: number, options: BackoffOptions): number {
  const plain = Math.min(options.capMs, options.baseMs * 2 ** (failures - 1));
  const spread = 1 + options.jitter * (2 * Math.random() - 1);
  return Math.min(options.capMs, Math.round(plain * spread));
}
