/** The one port: every connection, whatever it speaks, becomes requests with their responses. */

import type { Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import type { Log } from "../../lib/log.ts";
import type { ListenOptions, ServerLimits } from "../server-options.ts";
import type { Connections } from "./connections.ts";
import { Http1Server } from "./http1-server.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { type BoundAddress, Listeners } from "./listeners.ts";
import type { RequestListener } from "./request-listener.ts";
import { sniff } from "./sniff.ts";

/** What a Port needs. */
export interface PortOptions {
  /** As in ServerOptions. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly limits: ServerLimits;
  readonly connections: Connections;
  readonly listener: RequestListener;
  readonly log: Log;
}

/** What a TLS port answers to a peer that speaks plain HTTP. */
const tlsWanted = Buffer.from(
  "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\nthis port speaks TLS; use https://\n",
);

/** Accepts connections and hands each to the server of its protocol. */
export class Port {
  readonly #limits: ServerLimits;
  readonly #connections: Connections;
  readonly #log: Log;
  readonly #http1: Http1Server;
  readonly #http2: Http2Sessions;
  readonly #tls: TlsServer | undefined;
  readonly #listeners: Listeners;
  /** Connections that have not said yet what they speak. */
  readonly #undecided = new Set<Socket>();

  constructor({ tls, limits, connections, listener, log }: PortOptions) {
    this.#limits = limits;
    this.#connections = connections;
    this.#log = log;
    this.#http1 = new Http1Server(limits, listener);
    this.#http2 = new Http2Sessions(limits, listener);
    this.#tls = tls === undefined ? undefined : this.#tlsServer(tls);
    this.#listeners = new Listeners(limits.counts.connections, log, (socket) => void this.#receive(socket));
  }

  /** Listens; resolves with the addresses, fails with ListenError when one of them cannot be had (then none is). */
  open(listen: ListenOptions): Promise<BoundAddress[]> {
    return this.#listeners.open(listen);
  }

  /** Accepts no connection any more, and closes those that have said nothing yet. */
  closeListeners(): void {
    this.#listeners.close();
    for (const socket of this.#undecided) socket.destroy();
  }

  /** Asks every peer to leave and closes the connections that do nothing. Repeat until `isEmpty`. */
  dismiss(): void {
    this.#http2.closeAll();
    this.#http1.closeIdle();
  }

  /** True when no connection is open. */
  get isEmpty(): boolean {
    return this.#listeners.openSockets === 0;
  }

  /** Closes what is left, whatever it is doing. */
  destroy(): void {
    this.#listeners.destroySockets();
    this.#http1.stop();
  }

  async #receive(socket: Socket): Promise<void> {
    this.#undecided.add(socket);
    const sniffed = await sniff(socket, this.#limits.times.firstByteMs);
    this.#undecided.delete(socket);
    if (sniffed === "nothing" || socket.destroyed) socket.destroy();
    else if (this.#tls === undefined) this.#servePlain(socket, sniffed);
    else if (sniffed === "tls") this.#tls.emit("connection", socket);
    else socket.end(tlsWanted, () => socket.destroy());
  }

  #servePlain(socket: Socket, sniffed: "http1" | "http2" | "tls"): void {
    if (sniffed === "http2") this.#http2.serve(socket, this.#connections.add(socket, "HTTP/2"));
    else this.#http1.serve(socket, this.#connections.add(socket, "HTTP/1.1"));
  }

  #tlsServer(tls: { readonly key: string; readonly cert: string }): TlsServer {
    const server = createTlsServer({
      ...tls,
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: this.#limits.times.firstByteMs,
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      socket.on("error", () => socket.destroy());
      this.#servePlain(socket, socket.alpnProtocol === "h2" ? "http2" : "http1");
    });
    server.on("tlsClientError", (error, socket) => {
      this.#log.debug({ error: error.message }, "a TLS handshake failed");
      socket.destroy();
    });
    return server;
  }
}
