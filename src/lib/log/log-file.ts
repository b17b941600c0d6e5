/** The file of a log: bounded in size and number, written in batches, never in the way of the program. */

import { readdirSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../clock.ts";
import { BoundedFile } from "../host/bounded-file.ts";

/** Stands in a path for the day (UTC) the lines are of. */
const dayPlaceholder = "YYYY-MM-DD";

/** More than this is not kept waiting. */
const maxWaiting = 262_144;

/** After a failure it is tried again this much later. */
const retryMs = 2_000;

/** Where a log is kept, and how much of it. */
export interface LogFileOptions {
  /** Absolute; may contain "YYYY-MM-DD". */
  readonly path: string;
  /** Size at which a file is put aside as "name.1". */
  readonly maxFileBytes: number;
  /** Files kept, the one that is written to included. */
  readonly maxFiles: number;
  readonly clock: Clock;
  /** Told once when lines cannot be written, and again when that changes. */
  readonly onTrouble: (error: NodeJS.ErrnoException) => void;
}

/**
 * Writes lines. Nothing is opened before the first one. A disk that is full, or refuses, costs lines and nothing else: it is
 * tried again every two seconds.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  #waiting: string[] = [];
  #waitingLength = 0;
  #due: NodeJS.Immediate | undefined;
  #open: { readonly file: BoundedFile; readonly endMs: number } | undefined;
  #sinceLook = 0;
  #retryMs = 0;
  #trouble: string | undefined;
  /** True when the file ends in the middle of a line. */
  #torn = false;
  #closed = false;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  /** Writes a line, together with the others of this turn of the event loop. */
  add(line: string): void {
    if (this.#closed) return;
    this.#waiting.push(line);
    this.#waitingLength += line.length + 1;
    if (this.#waitingLength > maxWaiting) this.flush();
    else this.#due ??= setImmediate(() => this.flush());
  }

  /** Writes what waits. When this returns it is the system's: the program may crash. Never throws. */
  flush(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    if (this.#waiting.length === 0) return;
    const text = `${this.#torn ? "\n" : ""}${this.#waiting.join("\n")}\n`;
    this.#waiting = [];
    this.#waitingLength = 0;
    const nowMs = this.#options.clock.nowMs();
    if (nowMs < this.#retryMs) return;
    try {
      this.#write(text, nowMs);
      this.#trouble = undefined;
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException, nowMs);
    }
  }

  /** The files there are, newest first; absolute. */
  paths(): string[] {
    return logFiles(this.#options.path);
  }

  /** Writes what waits and closes the file. Lines that come later are dropped. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    this.#release();
  }

  #write(text: string, nowMs: number): void {
    const { file } = this.#opened(nowMs);
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(file.fileDescriptor, bytes, written);
      this.#torn = written < bytes.length;
    }
    this.#sinceLook += bytes.length;
    if (this.#sinceLook < this.#options.maxFileBytes / 8) return;
    this.#sinceLook = 0;
    file.keepBounds();
    this.#dropOld();
  }

  #opened(nowMs: number): { readonly file: BoundedFile; readonly endMs: number } {
    if (this.#open !== undefined && nowMs < this.#open.endMs) return this.#open;
    this.#release();
    const { path, maxFileBytes, maxFiles } = this.#options;
    const bounds = { maxBytes: maxFileBytes, pieces: Math.max(1, maxFiles - 1) };
    const file = new BoundedFile(pathOf(path, nowMs), bounds);
    this.#open = { file, endMs: path.includes(dayPlaceholder) ? endOfDay(nowMs) : Number.POSITIVE_INFINITY };
    this.#dropOld();
    return this.#open;
  }

  #release(): void {
    this.#open?.file.close();
    this.#open = undefined;
  }

  #dropOld(): void {
    for (const path of this.paths().slice(this.#options.maxFiles)) rmSync(path, { force: true });
  }

  #fail(error: NodeJS.ErrnoException, nowMs: number): void {
    this.#retryMs = nowMs + retryMs;
    if (this.#trouble !== error.code) this.#options.onTrouble(error);
    this.#trouble = error.code;
    try {
      this.#release();
    } catch {
      // A descriptor the system has taken away already.
      this.#open = undefined;
    }
  }
}

/** The files of a log whose path may contain "YYYY-MM-DD", newest first; absolute. Empty when there are none. */
export function logFiles(path: string): string[] {
  const folder = dirname(path);
  const [before = "", after] = basename(path).split(dayPlaceholder);
  const pattern = new RegExp(
    `^${quoted(before)}${after === undefined ? "" : `(\\d{4}-\\d\\d-\\d\\d)${quoted(after)}`}(?:\\.(\\d+))?$`,
  );
  const found = namesIn(folder).flatMap((name) => {
    const match = pattern.exec(name);
    if (match === null) return [];
    const [day, piece] = after === undefined ? ["", match[1]] : [match[1] ?? "", match[2]];
    return [{ name, day, piece: Number(piece ?? 0) }];
  });
  found.sort((a, b) => (a.day === b.day ? a.piece - b.piece : a.day < b.day ? 1 : -1));
  return found.map(({ name }) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function pathOf(path: string, nowMs: number): string {
  return path.replace(dayPlaceholder, new Date(nowMs).toISOString().slice(0, 10));
}

function endOfDay(nowMs: number): number {
  const dayMs = 86_400_000;
  return (Math.floor(nowMs / dayMs) + 1) * dayMs;
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
