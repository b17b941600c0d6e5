/** Times and amounts, as people say them. */

import type { Timestamp } from "@bufbuild/protobuf/wkt";

const units: readonly (readonly [name: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** "just now", "5 min ago", "3 h ago", "12 d ago"; "-" for a time that is not known. */
export function ago(time: Timestamp | undefined, nowMs: number): string {
  if (time === undefined) return "-";
  const elapsedMs = nowMs - unixMs(time);
  return elapsedMs < 5_000 ? "just now" : `${roughly(elapsedMs)} ago`;
}

/** "in 5 min", "in 12 d"; "now" for what is past, "never" for what has no time. */
export function ahead(time: Timestamp | undefined, nowMs: number): string {
  if (time === undefined) return "never";
  const leftMs = unixMs(time) - nowMs;
  return leftMs <= 0 ? "now" : `in ${roughly(leftMs)}`;
}

/** Milliseconds since the Unix epoch. */
export function unixMs({ seconds, nanos }: Timestamp): number {
  return Number(seconds) * 1_000 + nanos / 1e6;
}

/** One unit: "850 ms", "12 s", "5 min", "3 h", "12 d". */
export function roughly(ms: number): string {
  const unit = units.find(([, size]) => ms >= size);
  return unit ? `${Math.floor(ms / unit[1])} ${unit[0]}` : `${Math.max(0, Math.round(ms))} ms`;
}

/** Two units where that tells more: "2 h 5 min", "1 min 30 s". */
export function exactly(ms: number): string {
  const index = units.findIndex(([, size]) => ms >= size);
  const unit = units[index];
  const next = units[index + 1];
  if (!unit || !next) return roughly(ms);
  const rest = Math.floor((ms % unit[1]) / next[1]);
  return rest === 0 ? roughly(ms) : `${roughly(ms)} ${rest} ${next[0]}`;
}

/** A whole number with thin groups: "1 234 567". */
export function grouped(count: number | bigint | undefined): string {
  return String(count ?? 0).replace(/\B(?=(\d{3})+$)/g, " ");
}
