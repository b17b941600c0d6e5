/** Reads the files of a log backwards: what people want is mostly at the end. */

import { type FileHandle, open } from "node:fs/promises";
import { type LogRecord, parseRecord } from "./log-record.ts";

const chunkBytes = 65_536;

/** A line longer than this is read as several. */
const longestLine = 1_048_576;

/**
 * The lines of the files, newest first; `paths` are the files, newest first. Files that are gone meanwhile are left out. Ends
 * when `maxBytes` were read.
 */
export async function* readBackwards(
  paths: readonly string[],
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<LogRecord, void, undefined> {
  let left = maxBytes;
  for (const path of paths) {
    for await (const { line, bytes } of linesOf(path)) {
      if (line !== "") yield parseRecord(line);
      left -= bytes;
      if (left < 0) return;
    }
  }
}

/** Number of the newest line that a log wrote there; 0 when there is none. Looks at the last megabyte. */
export async function lastNumber(paths: readonly string[]): Promise<number> {
  for await (const { n } of readBackwards(paths, longestLine)) if (n > 0) return n;
  return 0;
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; bytes: number }, void, undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return;
  try {
    let position = (await file.stat()).size;
    let carry: Buffer = Buffer.alloc(0);
    while (position > 0) {
      const start = Math.max(0, position - chunkBytes);
      const chunk = Buffer.concat([await readChunk(file, start, position - start), carry]);
      position = start;
      const first = start === 0 ? 0 : chunk.indexOf(10) + 1;
      // No line begins in this chunk: more of it comes with the next one.
      if (start > 0 && first === 0 && chunk.length < longestLine) {
        carry = chunk;
        continue;
      }
      carry = chunk.subarray(0, first);
      const lines = chunk.subarray(first).toString("utf8").split("\n").reverse();
      for (const line of lines) yield { line, bytes: line.length + 1 };
    }
  } finally {
    await file.close();
  }
}

async function readChunk(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
