/** One connection to an IRC server: lines in, lines out, alive or closed for good. */

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { untilConnected } from "../../lib/web/until-connected.ts";
import { type Fold, foldName, foldOf, formatLine, type IrcLine, parseLine } from "./irc-line.ts";
import type { IrcSettings } from "./irc-settings.ts";

/** Longest line that is taken, tags included; a server that sends more is none. */
const maxLineBytes = 16_384;

/** A server that says nothing for this long is asked whether it is there, ms. */
const quietMs = 60_000;

/** Asked, it gets this long. */
const answerMs = 30_000;

/** What IRC is written with. */
export class IrcWire {
  /** Rejects when the connection ends, with the reason. */
  readonly closed: Promise<never>;
  readonly #socket: Socket;
  readonly #listeners = new Set<(line: IrcLine) => void>();
  readonly #end: (reason: Error) => void;
  #fold: Fold = foldName;
  #reason: Error | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #pings = 0;

  private constructor(socket: Socket) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.closed = promise;
    this.#socket = socket;
    this.#end = (reason) => {
      this.#reason ??= reason;
      clearTimeout(this.#quiet);
      socket.destroy();
      reject(this.#reason);
    };
    let rest = "";
    const decoder = new TextDecoder();
    socket.on("data", (bytes: Buffer) => {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > maxLineBytes) this.#end(new Error("the server sent a line that is no IRC"));
      // What no line may hold cannot be said back either, as the answer to a PING has to be.
      for (const text of lines) this.#hear(text.replace(/[\r\0]/g, ""));
      this.#watch(quietMs, () => void this.#askAlive());
    });
    socket.on("error", (error) => this.#end(error));
    socket.on("close", () => this.#end(new Error("the server closed the connection")));
    this.#watch(quietMs, () => void this.#askAlive());
  }

  /** Connects. Rejects when that fails, or the signal aborts. */
  static async open(settings: IrcSettings, signal: AbortSignal): Promise<IrcWire> {
    const { host, port, tls, tlsRejectUnauthorized: rejectUnauthorized } = settings;
    const socket = tls
      ? connectTls({ host, port, rejectUnauthorized, servername: /^[\d.:]+$/.test(host) ? undefined : host })
      : connectPlain({ host, port });
    await untilConnected(socket, tls ? "secureConnect" : "connect", signal);
    return new IrcWire(socket);
  }

  /** A name as this server compares it; names that are equal then are the same. */
  fold(name: string): string {
    return this.#fold(name);
  }

  /** Calls `listener` with every line, in order, until the returned function is called. */
  onLine(listener: (line: IrcLine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Sends a line. Throws the reason when the connection has ended. */
  send(command: string, ...params: readonly string[]): void {
    if (this.#reason !== undefined) throw this.#reason;
    this.#socket.write(`${formatLine(command, ...params)}\r\n`);
  }

  /** Resolves when the server has done everything that was sent before. Rejects when the connection ends. */
  async settle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pings += 1;
    const token = `oc${this.#pings}`;
    const off = this.onLine(({ command, params }) => {
      if (command === "PONG" && params.at(-1) === token) resolve();
    });
    try {
      this.send("PING", token);
      await Promise.race([promise, this.closed]);
    } finally {
      off();
    }
  }

  /** Reads nothing for now: the server has to wait. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection; `closed` rejects with the reason. */
  close(reason: Error): void {
    this.#end(reason);
  }

  /** Says goodbye, as far as that is possible, and ends the connection. */
  quit(reason: string): void {
    if (this.#reason === undefined) this.#socket.end(`${formatLine("QUIT", reason)}\r\n`);
    const timer = setTimeout(() => this.close(new Error(reason)), 500);
    this.closed.catch(() => clearTimeout(timer));
  }

  #hear(text: string): void {
    const line = parseLine(text);
    if (line === undefined || this.#reason !== undefined) return;
    if (line.command === "PING") this.send("PONG", line.params.at(-1) ?? "");
    if (line.command === "005") this.#learn(line.params);
    if (line.command === "ERROR") this.#end(new Error(`the server said: ${line.params.at(-1) ?? "goodbye"}`));
    for (const listener of [...this.#listeners]) listener(line);
  }

  /** What the server says about itself. */
  #learn(features: readonly string[]): void {
    const mapping = features.find((feature) => feature.startsWith("CASEMAPPING="));
    if (mapping !== undefined) this.#fold = foldOf(mapping.slice("CASEMAPPING=".length).toLowerCase());
  }

  #askAlive(): void {
    this.#watch(answerMs, () => this.#end(new Error("the server no longer answers")));
    try {
      this.send("PING", "alive");
    } catch {
      // It ended meanwhile, which whoever waits for `closed` hears.
    }
  }

  #watch(ms: number, then: () => void): void {
    clearTimeout(this.#quiet);
    if (this.#reason === undefined) this.#quiet = setTimeout(then, ms);
  }
}
