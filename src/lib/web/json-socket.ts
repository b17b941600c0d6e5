/** A WebSocket that carries JSON: open or ended for good, with a watch on whether the other side is still there. */

import type { WebSocket } from "ws";

/** How it ended; `code` is the other side's close code, 1006 when the line broke. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** How it is opened. */
export interface SocketOptions {
  readonly signal: AbortSignal;
  /** Largest message that is taken, in bytes. Default: 16 MiB. */
  readonly maxBytes?: number;
  /** Asks this often whether the other side is there, in ms, and ends the line when it is silent. 0, the default: never. */
  readonly pingMs?: number;
  /** How long an answer to that may take, in ms. Default: 15 s. */
  readonly pongMs?: number;
}

const openMs = 20_000;
const closeMs = 1_000;

/** See the file's first line. */
export class JsonSocket {
  /** Resolves when it has ended, never rejects. */
  readonly ended: Promise<SocketEnd>;
  readonly #socket: WebSocket;
  #listener: ((message: unknown) => void) | undefined;
  /** What came before anybody listened. */
  #early: unknown[] = [];
  #cutReason = "";
  #timer: NodeJS.Timeout | undefined;
  #closing: NodeJS.Timeout | undefined;

  private constructor(socket: WebSocket, { pingMs = 0, pongMs = 15_000 }: SocketOptions) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<SocketEnd>();
    this.ended = promise;
    socket.on("error", (error) => {
      this.#cutReason ||= error.message;
    });
    socket.on("close", (code, reason) => {
      clearTimeout(this.#timer);
      clearTimeout(this.#closing);
      resolve({ code, reason: this.#cutReason || reason.toString() || "the connection was closed" });
    });
    socket.on("message", (bytes) => this.#hear(String(bytes)));
    if (pingMs > 0) this.#watch(pingMs, pongMs);
  }

  /** Connects. Rejects when that fails, or the signal aborts; afterwards the signal means nothing to it. */
  static async open(url: string, options: SocketOptions): Promise<JsonSocket> {
    options.signal.throwIfAborted();
    const { WebSocket } = await import("ws");
    const maxPayload = options.maxBytes ?? 16 * 1_048_576;
    const socket = new WebSocket(url, { maxPayload, handshakeTimeout: openMs, perMessageDeflate: false });
    const made = new JsonSocket(socket, options);
    const { promise, resolve, reject } = Promise.withResolvers<JsonSocket>();
    const onAbort = (): void => {
      reject(options.signal.reason);
      socket.terminate();
    };
    options.signal.addEventListener("abort", onAbort, { once: true });
    socket.once("open", () => resolve(made));
    void made.ended.then(({ reason }) => reject(new Error(reason)));
    try {
      return await promise;
    } finally {
      options.signal.removeEventListener("abort", onAbort);
    }
  }

  /** Who hears every message, in order, those before included. What is no JSON ends the line. */
  listen(listener: (message: unknown) => void): void {
    this.#listener = listener;
    for (const message of this.#early.splice(0)) listener(message);
  }

  /** Sends a message; into a line that has ended it goes nowhere. */
  send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Reads nothing for now: the other side has to wait. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  /** Says goodbye and ends; a goodbye nobody answers is not waited for. */
  close(code: number, reason: string): void {
    this.#cutReason ||= reason;
    this.#socket.close(code, reason);
    this.#socket.resume();
    this.#closing ??= setTimeout(() => this.#socket.terminate(), closeMs);
  }

  /** Ends at once. */
  cut(reason: string): void {
    this.#cutReason ||= reason;
    this.#socket.terminate();
  }

  #hear(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.cut("the other side sent something that is no JSON");
      return;
    }
    if (this.#listener === undefined) this.#early.push(message);
    else this.#listener(message);
  }

  #watch(pingMs: number, pongMs: number): void {
    let heardMs = performance.now();
    const onSign = (): void => {
      heardMs = performance.now();
    };
    this.#socket.on("pong", onSign).on("ping", onSign).on("message", onSign);
    const look = (): void => {
      const quietMs = performance.now() - heardMs;
      if (quietMs > pingMs + pongMs && !this.#socket.isPaused) {
        this.cut("the other side no longer answers");
        return;
      }
      if (quietMs >= pingMs && this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
      this.#timer = setTimeout(look, Math.min(pingMs, pongMs));
    };
    this.#timer = setTimeout(look, pingMs);
  }
}
