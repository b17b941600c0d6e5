/** Where a command reads and writes: results to standard output, everything else to standard error. */

import type { ReadStream, WriteStream } from "node:tty";
import pc from "picocolors";
import { asTyped } from "../program-name.ts";

/** The streams of a process. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream | ReadStream;
  readonly stdout: NodeJS.WriteStream | WriteStream;
  readonly stderr: NodeJS.WriteStream | WriteStream;
}

type Colors = ReturnType<typeof pc.createColors>;

/** The terminal of one command. */
export class Terminal {
  /** True when results are to be JSON. */
  readonly json: boolean;
  /** Colours of standard output; functions that change nothing when it is not a terminal, or with NO_COLOR or --no-color. */
  readonly colors: Colors;
  readonly #streams: TerminalStreams;
  readonly #wantsColors: boolean;
  #outlivesReaders = false;
  #errors: { readonly stream: TerminalStreams["stderr"]; readonly colors: Colors } | undefined;

  /** Streams are made when they are asked for: one that nothing is written to or read from is left alone. */
  constructor(streams: TerminalStreams, options: { readonly json: boolean; readonly colors: boolean }) {
    this.#streams = streams;
    this.json = options.json;
    this.#wantsColors = options.colors && pc.isColorSupported;
    this.colors = this.#open(streams.stdout).colors;
  }

  /** The same for standard error. */
  get errorColors(): Colors {
    return this.#standardError.colors;
  }

  /** True when a person reads standard output. */
  get isTty(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /** True when a person reads standard error. */
  get errorIsTty(): boolean {
    return this.#streams.stderr.isTTY === true;
  }

  /** True when a person can be asked something. */
  get canAsk(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** Columns of the terminal; undefined when standard output is none. */
  get columns(): number | undefined {
    return this.isTty ? this.#streams.stdout.columns : undefined;
  }

  get stdin(): NodeJS.ReadableStream {
    return this.#streams.stdin;
  }

  /** Writes a result as it is. */
  write(text: string): void {
    this.#streams.stdout.write(text);
  }

  /** Writes lines of a result, as they are: they may be what others said. */
  line(...lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Writes lines of a result in the program's own words: commands in them are written as they are typed here. */
  tell(...lines: readonly string[]): void {
    this.line(...lines.map(asTyped));
  }

  /** Writes one JSON document, for people and programs. */
  document(value: unknown): void {
    this.write(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** Writes one line of a JSON stream. */
  record(value: unknown): void {
    this.write(`${JSON.stringify(value)}\n`);
  }

  /** Tells the user something that is no result, in the program's own words: commands in it as they are typed here. */
  note(...lines: readonly string[]): void {
    this.#standardError.stream.write(lines.map((line) => `${asTyped(line)}\n`).join(""));
  }

  /** Asks a question that is answered with yes or no; anything but yes is no. Only when `canAsk`. */
  async confirm(question: string): Promise<boolean> {
    const { createInterface } = await import("node:readline/promises");
    const dialog = createInterface({ input: this.#streams.stdin, output: this.#streams.stderr });
    try {
      return /^y(es)?$/i.test((await dialog.question(`${question} [y/N] `)).trim());
    } finally {
      dialog.close();
    }
  }

  /** From now on output that cannot be written is lost and ends nothing: for a program that does more than write. */
  outliveReaders(): void {
    this.#outlivesReaders = true;
  }

  get #standardError() {
    this.#errors ??= this.#open(this.#streams.stderr);
    return this.#errors;
  }

  #open<Stream extends TerminalStreams["stdout"]>(
    stream: Stream,
  ): { readonly stream: Stream; readonly colors: Colors } {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (this.#outlivesReaders) return;
      // A reader that went away (`| head`) is no failure, and there is nobody left to write for.
      if (error.code === "EPIPE") process.exit(0);
      if (stream !== this.#streams.stderr) this.note(`error: the output cannot be written: ${error.message}`);
      process.exit(1);
    });
    return { stream, colors: pc.createColors(this.#wantsColors && stream.isTTY === true) };
  }
}
