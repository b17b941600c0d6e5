/** Lengths of time as people write them. */

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "500ms", "30s", "5m", "1.5h", "30d" in ms; a bare number is seconds. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * (units[match[2] ?? "s"] ?? 0);
}
