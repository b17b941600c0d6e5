/** The newest lines of a log, in memory, for those who follow it. */

import { Wakeup } from "../wakeup.ts";
import { type LogRecord, parseRecord } from "./log-record.ts";

/** What is kept at most; the rest is in the log's file. */
const bounds = { lines: 2_000, characters: 262_144 };

interface Entry {
  readonly n: number;
  readonly line: string;
}

/** Keeps lines as they were written. They are read when somebody asks for them: mostly, nobody does. */
export class LogTail {
  #entries: Entry[] = [];
  #characters = 0;
  #head = 0;
  /** Rings soon after lines were added. */
  readonly changed = new Wakeup();

  /** Number of the newest line; 0 when there is none. */
  get head(): number {
    return this.#head;
  }

  /** Number of the oldest line kept; one more than `head` when none is. */
  get oldest(): number {
    return this.#entries[0]?.n ?? this.#head + 1;
  }

  /** The lines before this one are somewhere else: numbers go on after `head`. */
  begin(head: number): void {
    this.#head = head;
  }

  /** Adds the next line: `n` is more than `head`. */
  add(n: number, line: string): void {
    this.#entries.push({ n, line });
    this.#characters += line.length;
    this.#head = n;
    if (this.#entries.length > bounds.lines || this.#characters > bounds.characters) this.#trim();
    this.changed.wakeSoon();
  }

  /** Up to `limit` lines after number `n`, oldest first. */
  readAfter(n: number, limit: number): LogRecord[] {
    const start = this.#entries.findIndex((entry) => entry.n > n);
    if (start < 0) return [];
    return this.#entries.slice(start, start + limit).map(({ line }) => parseRecord(line));
  }

  /** All lines kept, newest first. */
  *newestFirst(): Generator<LogRecord, void, undefined> {
    const entries = this.#entries;
    for (let index = entries.length - 1; index >= 0; index--) yield parseRecord(entries[index]?.line ?? "");
  }

  /** Drops a half at once, so that each line is moved about once. Makes a new list: somebody may be reading the old one. */
  #trim(): void {
    let drop = 0;
    let characters = this.#characters;
    while (drop < this.#entries.length - 1) {
      if (this.#entries.length - drop <= bounds.lines / 2 && characters <= bounds.characters / 2) break;
      characters -= this.#entries[drop]?.line.length ?? 0;
      drop += 1;
    }
    this.#entries = this.#entries.slice(drop);
    this.#characters = characters;
  }
}
