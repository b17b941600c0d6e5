/** The time, and timers, as something a test can replace. */

/** Reads the wall clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

/** A time to wait for, and when the waiting began, ms since the epoch. */
export interface Pause {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * What is left of a pause, in ms. Nothing when it is before its beginning: then the clock was set back, and what waits would
 * wait until the clock has caught up. So nothing ever waits longer than its pause takes, counted from now.
 */
export function pauseLeftMs({ sinceMs, untilMs }: Pause, nowMs: number): number {
  return nowMs < sinceMs ? 0 : Math.max(0, untilMs - nowMs);
}

/** The machine's own clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };
