/** Lines on standard error: whoever reads them slowly does not slow down the program. */

import { write, writeSync } from "node:fs";

/** Characters that may wait for a reader; beyond, lines are dropped, and their number is told. */
const maxWaiting = 1_048_576;

/** Writes lines to a file descriptor. */
export class ConsoleOutput {
  readonly #fileDescriptor: number;
  #waiting: string[] = [];
  #waitingLength = 0;
  #dropped = 0;
  #busy = false;
  #due = false;
  #gone = false;

  constructor(fileDescriptor: number) {
    this.#fileDescriptor = fileDescriptor;
  }

  /** Writes a line as soon as the reader takes it. */
  add(line: string): void {
    if (this.#gone) return;
    if (this.#waitingLength > maxWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length + 1;
    if (this.#due || this.#busy) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      this.#writeNext();
    });
  }

  /** Writes what waits at once, if nothing is being written. */
  flush(): void {
    if (this.#busy || this.#waiting.length === 0) return;
    this.#writeNow(this.#take());
  }

  /** For the end of the process: writes all that waits, as far as its reader takes it. */
  finish(): void {
    this.#busy = false;
    this.flush();
  }

  #writeNext(): void {
    if (this.#busy || this.#waiting.length === 0 || this.#gone) return;
    const bytes = this.#take();
    this.#busy = true;
    write(this.#fileDescriptor, bytes, (error, written = 0) => {
      this.#busy = false;
      if (error !== null && error.code !== "EAGAIN") this.#lose();
      else if (written < bytes.length) this.#putBack(bytes.subarray(written));
      else this.#writeNext();
    });
  }

  /** A reader that takes nothing now gets it a little later. */
  #putBack(bytes: Buffer): void {
    const text = bytes.toString().replace(/\n$/, "");
    this.#waiting.unshift(text);
    this.#waitingLength += text.length + 1;
    setTimeout(() => this.#writeNext(), 10).unref();
  }

  #writeNow(bytes: Buffer): void {
    try {
      const written = writeSync(this.#fileDescriptor, bytes);
      if (written < bytes.length) this.#putBack(bytes.subarray(written));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") this.#putBack(bytes);
      else this.#lose();
    }
  }

  #take(): Buffer {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    if (this.#dropped > 0) lines.push(`${this.#dropped} lines were dropped: nobody read them in time`);
    this.#dropped = 0;
    return Buffer.from(`${lines.join("\n")}\n`);
  }

  /** Nobody is there any more. */
  #lose(): void {
    this.#gone = true;
    this.#waiting = [];
  }
}
