/** A camera for QR codes that a terminal shows. */

import decodeQR from "qr/decode.js";

/** Pixels of one module; readers want some. */
const scale = 4;

/** The rows of a code among lines of output. */
export function codeRows(output: string): string[] {
  return output.split(/\r?\n/).filter((line) => /^[█▀▄ ]{20,}$/.test(line));
}

/** What a camera would read from rows of half blocks, light ones on dark. */
export function scanCode(rows: readonly string[]): string {
  const light = rows.flatMap((row) => [
    [...row].map((block) => block === "█" || block === "▀"),
    [...row].map((block) => block === "█" || block === "▄"),
  ]);
  const width = (rows[0]?.length ?? 0) * scale;
  const height = light.length * scale;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const shade = light[Math.floor(y / scale)]?.[Math.floor(x / scale)] ? 255 : 0;
      data.fill(shade, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return decodeQR({ width, height, data });
}
