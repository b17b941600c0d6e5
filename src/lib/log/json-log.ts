/** A log that keeps its lines in a file, in memory for those who follow it, and shows them on standard error. */

import type { Clock } from "../clock.ts";
import { type LineLevel, type Log, type LogLevel, levelRank } from "../log.ts";
import { ConsoleOutput } from "./console-output.ts";
import { LogFile, type LogFileOptions } from "./log-file.ts";
import { formatRecord, type LogRecord } from "./log-record.ts";
import { LogTail } from "./log-tail.ts";
import { PlainFields } from "./plain-fields.ts";
import { lastNumber } from "./read-log.ts";
import { Redactor } from "./redactor.ts";

/** What is shown on a file descriptor, 2 is standard error. */
export interface ShownOptions {
  readonly level: LogLevel;
  /** True when `setLevels` does not change that: a person asked for it. */
  readonly fixed?: boolean;
  readonly fileDescriptor: number;
  /** How a line is shown; JSON unless given. May be several lines. */
  readonly format?: (record: LogRecord) => string;
}

/** What a log is told when it is opened. */
export interface JsonLogOptions {
  /** The least important lines that are kept: in the file, and for those who follow. */
  readonly level: LogLevel;
  /** Without one, lines are kept in memory alone. */
  readonly file?: Omit<LogFileOptions, "onTrouble" | "clock">;
  readonly shown?: ShownOptions;
  /** Component of lines that name none; none unless given. */
  readonly component?: string;
  readonly clock: Clock;
}

/**
 * The log of a process. Warnings and errors are written before the call that made them returns; other lines in
 * the next turn of the event loop, together. No secret comes through: see `Redactor`. Nothing that is given to it can make it throw.
 */
export class JsonLog implements Log {
  /** Knows what must not be shown. */
  readonly redactor = new Redactor();
  /** The newest lines. */
  readonly tail = new LogTail();
  /** Its file, "YYYY-MM-DD" for the day; undefined when lines are kept in memory alone. */
  readonly path: string | undefined;
  readonly #plain = new PlainFields(this.redactor);
  readonly #clock: Clock;
  readonly #component: string;
  readonly #file: LogFile | undefined;
  readonly #screen: (ShownOptions & { readonly output: ConsoleOutput }) | undefined;
  #keptRank: number;
  #shownRank: number;

  /** Use `openLog`. */
  constructor({ level, file, shown, component = "", clock }: JsonLogOptions) {
    this.#clock = clock;
    this.#component = component;
    this.#keptRank = levelRank(level);
    this.#shownRank = levelRank(shown?.level ?? "silent");
    this.#screen = shown && { ...shown, output: new ConsoleOutput(shown.fileDescriptor) };
    this.path = file?.path;
    this.#file = file && new LogFile({ ...file, clock, onTrouble: (error) => this.#tellTrouble(file.path, error) });
    if (file !== undefined || shown !== undefined) process.on("exit", this.#finish);
  }

  debug(fields: object, message: string): void {
    this.write("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.write("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.write("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.write("error", fields, message);
  }

  child(fields: object): Log {
    return new ChildLog(this, fields);
  }

  /** Writes a line. The field `component` says which part of the program it is about. */
  write(level: LineLevel, given: object, message: string): void {
    const rank = levelRank(level);
    const kept = rank >= this.#keptRank;
    const shown = rank >= this.#shownRank;
    if (!kept && !shown) return;
    const { component = this.#component, ...fields } = this.#plain.fields(given);
    const record: LogRecord = {
      n: kept ? this.tail.head + 1 : 0,
      time: new Date(this.#clock.nowMs()).toISOString(),
      level,
      component: String(component),
      message: this.#plain.text(message),
      fields,
    };
    const urgent = rank >= levelRank("warn");
    const line = formatRecord(record);
    if (kept) this.#keep(record.n, line, urgent);
    if (shown) this.#show(record, line, urgent);
  }

  /** The files there are, newest first, with everything written so far; absolute. */
  files(): string[] {
    this.#file?.flush();
    return this.#file?.paths() ?? [];
  }

  /** From now on other lines are kept; and shown, where they are shown at all. */
  setLevels(kept: LogLevel, shown: LogLevel): void {
    this.#keptRank = levelRank(kept);
    if (this.#screen !== undefined && !this.#screen.fixed) this.#shownRank = levelRank(shown);
  }

  /** Line numbers go on after those in the files. */
  async begin(): Promise<void> {
    this.tail.begin(await lastNumber(this.files()));
  }

  /** Writes what waits, and closes the file. Later lines are shown, and kept in memory. */
  close(): void {
    process.off("exit", this.#finish);
    this.#finish();
  }

  readonly #finish = (): void => {
    this.#file?.close();
    this.#screen?.output.finish();
  };

  #keep(n: number, line: string, urgent: boolean): void {
    this.tail.add(n, line);
    this.#file?.add(line);
    if (urgent) this.#file?.flush();
  }

  #show(record: LogRecord, line: string, urgent: boolean): void {
    if (this.#screen === undefined) return;
    const { output, format } = this.#screen;
    output.add(format === undefined ? line : format(record));
    if (urgent) output.flush();
  }

  /** Where the lines themselves cannot be kept, this one is shown whatever the level is: an operator has to know. */
  #tellTrouble(path: string, { code, message }: NodeJS.ErrnoException): void {
    const record: LogRecord = {
      n: 0,
      time: new Date(this.#clock.nowMs()).toISOString(),
      level: "warn",
      component: "log",
      message: "lines cannot be written to the log's file; it is tried again every two seconds",
      fields: { path, error: code ?? message },
    };
    const output = this.#screen?.output ?? new ConsoleOutput(2);
    output.add(this.#screen?.format?.(record) ?? formatRecord(record));
    output.flush();
  }
}

/** The same log with fields on every line. */
class ChildLog implements Log {
  readonly #log: JsonLog;
  readonly #fields: object;

  constructor(log: JsonLog, fields: object) {
    this.#log = log;
    this.#fields = fields;
  }

  debug(fields: object, message: string): void {
    this.#log.write("debug", { ...this.#fields, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.#log.write("info", { ...this.#fields, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.#log.write("warn", { ...this.#fields, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.#log.write("error", { ...this.#fields, ...fields }, message);
  }

  child(fields: object): Log {
    return new ChildLog(this.#log, { ...this.#fields, ...fields });
  }
}

/** A log whose line numbers go on after those of its files. */
export async function openLog(options: JsonLogOptions): Promise<JsonLog> {
  const log = new JsonLog(options);
  await log.begin();
  return log;
}

/** A log that only shows its lines, as JSON. */
export function showingLog(level: LogLevel, clock: Clock, fileDescriptor = 2): JsonLog {
  return new JsonLog({ level, shown: { level, fileDescriptor }, clock });
}
