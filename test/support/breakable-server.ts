/** Servers on this machine whose lines break when a test wants it. */

import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server of any kind, on a free port of 127.0.0.1. */
export class BreakableServer<S extends Server = Server> {
  protected readonly server: S;
  readonly #sockets = new Set<Socket>();
  #away = false;

  constructor(server: S) {
    this.server = server;
    server.on("connection", (socket: Socket) => {
      socket.on("error", () => {});
      if (this.#away) {
        socket.resetAndDestroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.server.close();
    await once(this.server, "close");
  }

  /** Breaks every line; new ones are taken. How many there were. */
  cut(): number {
    const { size } = this.#sockets;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    return size;
  }

  /** Breaks every line, and every new one at once … */
  goAway(): void {
    this.#away = true;
    this.cut();
  }

  /** … until now. */
  comeBack(): void {
    this.#away = false;
  }
}
