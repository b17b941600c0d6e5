/** A log file that cannot grow without end. */

import {
  closeSync,
  copyFileSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";

/** Bounds of a file and of what is kept of it. */
export interface FileBounds {
  /** Size at which what was written is put aside. */
  readonly maxBytes: number;
  /** How many earlier pieces are kept: "name.1" is the latest. */
  readonly pieces: number;
}

/** How often it is looked how large the file is. */
const lookMs = 5_000;

/**
 * A file that is appended to and begins anew when it is large. It is copied and emptied instead of renamed: whoever else
 * holds a descriptor that appends to it, the standard error of this process for one, goes on writing to the same file.
 */
export class BoundedFile {
  /** Appends; valid until `close`. */
  readonly fileDescriptor: number;
  readonly #path: string;
  readonly #bounds: FileBounds;
  readonly #timer: NodeJS.Timeout;

  /** Opens the file, making it (mode 0600) and its folder (0700) if needed, and keeps it within its bounds from now on. */
  constructor(path: string, bounds: FileBounds) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.fileDescriptor = openSync(path, "a", 0o600);
    fchmodSync(this.fileDescriptor, 0o600);
    this.#path = path;
    this.#bounds = bounds;
    this.keepBounds();
    this.#timer = setInterval(() => this.keepBounds(), lookMs).unref();
  }

  /** Puts what was written aside when that is too much. On a full disk there is nowhere to put it, and it is dropped. */
  keepBounds(): void {
    const { maxBytes, pieces } = this.#bounds;
    if (fstatSync(this.fileDescriptor).size <= maxBytes) return;
    const path = (piece: number): string => `${this.#path}.${piece}`;
    try {
      for (let piece = pieces - 1; piece >= 1; piece -= 1) renameIfThere(path(piece), path(piece + 1));
      copyFileSync(this.#path, path(1));
    } catch {
      rmSync(path(1), { force: true, recursive: true });
    }
    ftruncateSync(this.fileDescriptor);
  }

  /** Closes it. Nothing may be written any more. */
  close(): void {
    clearInterval(this.#timer);
    closeSync(this.fileDescriptor);
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
