/** A TCP connection that says exactly what a test wants, for tests of what no client library would send. */

import { connect, type Socket } from "node:net";

/** A raw connection that collects what it receives. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the connection is closed, however. */
  readonly closed: Promise<void>;
  received = Buffer.alloc(0);
  #onData: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#onData?.();
    });
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  /** Connects to a port of 127.0.0.1. */
  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: "127.0.0.1" });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawConnection(socket);
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Resolves with everything received, as text, when it contains `pattern`; rejects when the connection closes first. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = this.received.toString("latin1");
      if (pattern.test(text)) return text;
      const changed = new Promise<void>((resolve) => {
        this.#onData = resolve;
      });
      const closed = this.closed.then(() => "closed");
      if ((await Promise.race([changed, closed])) === "closed" && !pattern.test(this.received.toString("latin1"))) {
        throw new Error(`the connection closed after ${JSON.stringify(this.received.toString("latin1"))}`);
      }
    }
  }

  /** Resolves with everything received, as text, when the connection is closed. */
  async untilClosed(): Promise<string> {
    await this.closed;
    return this.received.toString("latin1");
  }
}
