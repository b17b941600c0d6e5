/** Moments as people type them. */

import { UsageError } from "../command/usage-error.ts";

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "10m" is ten minutes before now, "2026-11-22T08:00:00Z" is then; ms since the epoch. Fails with a UsageError. */
export function readSince(text: string, nowMs: number): number {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (unitMs[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`--since ${text} is no time`, "write 30s, 10m, 2h, 1d, or 2026-11-22T08:00");
  return time;
}
