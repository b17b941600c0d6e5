/** Runs the busy writer in a process of its own and remembers what it was promised. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { SqliteStore } from "../../../src/storage/sqlite-store.ts";

const program = join(import.meta.dirname, "..", "harness", "busy-writer.ts");

/** How the writer is started. */
export interface WriterProcessOptions {
  readonly stateDir: string;
  /** Fault point to be killed at, and the how many-eth time. */
  readonly place?: string;
  readonly hit?: number;
  /** Largest file it may write, in KiB; SIGXFSZ is ignored, so that writes beyond it fail. */
  readonly maxFileKib?: number;
}

/** A process that writes until it is killed. */
export class WriterProcess {
  /** Names of messages the store promised to keep, with the sequence of their last event. */
  readonly promised = new Map<string, number>();
  /** Reasons of the promises it refused, oldest first. */
  readonly refused: string[] = [];
  readonly pid: number;
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #ended: Promise<unknown>;
  #lines = 0;
  #waiting: { lines: number; resolve: () => void }[] = [];

  constructor(options: WriterProcessOptions) {
    const { stateDir, place, hit = 1, maxFileKib } = options;
    const words = [program, stateDir, ...(place === undefined ? [] : [place, String(hit)])];
    const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
    this.#child =
      maxFileKib === undefined
        ? spawn(process.execPath, words, { stdio })
        : spawn("bash", ["-c", `ulimit -S -f ${maxFileKib}; exec "$0" "$@"`, process.execPath, ...words], { stdio });
    this.pid = this.#child.pid ?? 0;
    const lines = createInterface({ input: this.#child.stdout });
    lines.on("line", (line) => this.#read(line));
    this.#ended = Promise.all([once(this.#child, "exit"), once(lines, "close")]);
  }

  /** Resolves when `count` more promises were kept or refused, or the process has ended. */
  async answers(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ lines: this.#lines + count, resolve });
    await Promise.race([promise, this.#ended]);
  }

  /** Resolves when it has ended by itself and all it said was read. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  #read(line: string): void {
    const [kind, detail = "", name = ""] = line.split(" ");
    if (kind === "ok") this.promised.set(name, Number(detail));
    else if (!line.endsWith("undone")) this.refused.push(detail);
    this.#lines += 1;
    for (const { lines, resolve } of this.#waiting) if (this.#lines >= lines) resolve();
  }
}

/** What is wrong with the store after a writer was killed, in words; empty when all it promised is there, and whole. */
export async function findBrokenPromises(store: SqliteStore, promised: ReadonlyMap<string, number>): Promise<string[]> {
  const problems = await store.checkIntegrity();
  await store.read(async ({ messages, events }) => {
    const head = await events.head();
    for (const [name, sequence] of promised) {
      if ((await messages.find(name)) === undefined) problems.push(`${name} was promised and is lost`);
      if (sequence > head) problems.push(`event ${sequence} was promised and is lost`);
    }
    const kept = await messages.list({ session: "sessions/a", generation: 1, order: "oldest", limit: 1_000_000 });
    const halves = kept.filter((message, index) => Number(message.position) !== index * 2 + 1);
    if (halves.length > 0 || head !== kept.length * 2) problems.push(`${kept.length} messages, but ${head} events`);
  });
  return problems;
}
