/**
 * The one port: every connection, whatever it speaks, becomes requests with their responses, for whoever serves now. It
 * outlives those who serve: connections stay while one hands over to the next.
 */

import type { Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { ListenOptions, ServerLimits } from "../server-options.ts";
import { Connections } from "./connections.ts";
import { HeldRequests } from "./held-requests.ts";
import { Http1Server } from "./http1-server.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { type BoundAddress, Listeners } from "./listeners.ts";
import type { RequestListener } from "./request-listener.ts";
import { sniff } from "./sniff.ts";

/** What a Port needs. */
export interface PortOptions {
  readonly limits: ServerLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** A private key and its certificate, both PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** What a TLS port answers to a peer that speaks plain HTTP. */
const tlsWanted = Buffer.from(
  "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\nthis port speaks TLS; use https://\n",
);

/** Accepts connections and hands each to the server of its protocol. */
export class Port {
  /** Who is connected. */
  readonly connections: Connections;
  readonly #limits: ServerLimits;
  readonly #log: Log;
  readonly #http1: Http1Server;
  readonly #http2: Http2Sessions;
  readonly #listeners: Listeners;
  #keyPair: KeyPair | undefined;
  #tls: TlsServer | undefined;
  #listener: RequestListener = (_request, response) => response.destroy();
  #held: HeldRequests | undefined;
  /** Connections that have not said yet what they speak. */
  readonly #undecided = new Set<Socket>();

  constructor({ limits, clock, log }: PortOptions) {
    this.connections = new Connections(clock);
    this.#limits = limits;
    this.#log = log;
    const listener: RequestListener = (request, response, connection) => this.#listener(request, response, connection);
    this.#http1 = new Http1Server(limits, listener);
    this.#http2 = new Http2Sessions(limits, listener);
    this.#listeners = new Listeners(limits.counts.connections, log, (socket) => void this.#receive(socket));
  }

  /**
   * Listens; with `keyPair` every connection is TLS, without none is. Resolves with the addresses, fails with ListenError
   * when one of them cannot be had: then everything is as it was. Called again it moves: what is listened on already stays,
   * and peers are asked to come back where something changed for them.
   */
  async listen(listen: ListenOptions, keyPair?: KeyPair): Promise<BoundAddress[]> {
    const { bound, changed } = await this.#listeners.listen(listen);
    if (changed || keyPair?.cert !== this.#keyPair?.cert || keyPair?.key !== this.#keyPair?.key) {
      this.#keyPair = keyPair;
      this.#tls = keyPair === undefined ? undefined : this.#tlsServer(keyPair);
      for (const connection of this.connections) connection.leaving = true;
      this.dismiss();
    }
    return bound;
  }

  /** Fails with ListenError when `listen` would, as far as that can be known without moving there. */
  check(listen: ListenOptions): Promise<void> {
    return this.#listeners.check(listen);
  }

  /** Hands requests to `listener` from now on; those that were held come first. */
  serve(listener: RequestListener): void {
    this.#listener = listener;
    this.#held?.release(listener);
    this.#held = undefined;
  }

  /** True while requests are held. */
  get holds(): boolean {
    return this.#held !== undefined;
  }

  /** Holds requests until `serve`; what cannot be held goes to `giveUp`. */
  hold(giveUp: RequestListener): void {
    this.#held = new HeldRequests(giveUp);
    this.#listener = this.#held.add;
  }

  /** Accepts no connection any more, and closes those that have said nothing yet. */
  closeListeners(): void {
    this.#listeners.close();
    for (const socket of this.#undecided) socket.destroy();
  }

  /** Asks every peer to leave and closes the connections that do nothing. Repeat until `isEmpty`. */
  dismiss(): void {
    this.#http2.dismissAll();
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
    this.#http2.stop();
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
    if (sniffed === "http2") this.#http2.serve(socket, this.connections.add(socket, "HTTP/2"));
    else this.#http1.serve(socket, this.connections.add(socket, "HTTP/1.1"));
  }

  #tlsServer({ key, cert }: KeyPair): TlsServer {
    const server = createTlsServer({
      key,
      cert,
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
