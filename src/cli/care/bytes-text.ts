/** Sizes as people read them. */

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** "12 bytes", "3.4 MiB", "120 GiB". */
export function bytesText(bytes: number | bigint): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
