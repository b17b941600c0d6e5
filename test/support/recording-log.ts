/** A log that keeps its lines, for tests that ask what was written. */

import type { Log } from "../../src/lib/log.ts";

/** One line. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Keeps every line in `lines`. */
export class RecordingLog implements Log {
  readonly lines: LogLine[];
  readonly #context: object;

  constructor(lines: LogLine[] = [], context: object = {}) {
    this.lines = lines;
    this.#context = context;
  }

  debug(fields: object, message: string): void {
    this.#add("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.#add("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.#add("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.#add("error", fields, message);
  }

  child(fields: object): Log {
    return new RecordingLog(this.lines, { ...this.#context, ...fields });
  }

  /** Everything, as one text to search for what must not be there. */
  get text(): string {
    return JSON.stringify(this.lines, (_key, value) => (value instanceof Error ? String(value.stack) : value));
  }

  #add(level: LogLine["level"], fields: object, message: string): void {
    this.lines.push({ level, message, fields: { ...this.#context, ...fields } });
  }
}
