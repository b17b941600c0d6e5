/** The HTTP/1.1 half of the port: parses what it is handed, with every timeout alive. */

import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { ServerLimits } from "../server-options.ts";
import type { Connection } from "./connections.ts";
import type { RequestListener } from "./request-listener.ts";

/** Serves HTTP/1.1 on sockets it is handed. */
export class Http1Server {
  readonly #server: Server;
  readonly #connections = new WeakMap<Socket, Connection>();

  constructor({ sizes, times }: ServerLimits, listener: RequestListener) {
    const options = {
      maxHeaderSize: sizes.headerBytes,
      headersTimeout: Math.min(times.headersMs, times.requestMs),
      requestTimeout: times.requestMs,
      keepAliveTimeout: times.keepAliveMs,
      connectionsCheckingInterval: Math.min(5_000, times.headersMs),
    };
    this.#server = createServer(options, (request, response) => {
      const connection = this.#connections.get(request.socket);
      if (connection !== undefined) listener(request, response, connection);
    });
    // This server never listens, and without this event its timeouts and closeIdle() would do nothing.
    this.#server.emit("listening");
  }

  /** Serves a socket whose peer speaks HTTP/1.x, or anything that is neither that nor HTTP/2: it gets a 400. */
  serve(socket: Socket, connection: Connection): void {
    this.#connections.set(socket, connection);
    this.#server.emit("connection", socket);
  }

  /** Closes the connections that wait for a next request. */
  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  /** Stops the timeouts, so that nothing of the server is left. */
  stop(): void {
    this.#server.close();
  }
}
