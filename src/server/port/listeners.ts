/** The listening sockets: one per address, all on one port, with one bound on the connections of all. */

import { createServer, isIPv4, type Server, type Socket } from "node:net";
import type { Log } from "../../lib/log.ts";
import type { ListenOptions } from "../server-options.ts";

/** An address that is listened on. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

/** An address could not be listened on; `code` is the operating system's: EADDRINUSE, EADDRNOTAVAIL, EACCES. */
export class ListenError extends Error {
  readonly code: string;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(`cannot listen on ${host} port ${port}: ${reasons[cause.code ?? ""] ?? cause.message}`, { cause });
    this.name = "ListenError";
    this.code = cause.code ?? "UNKNOWN";
  }
}

const reasons: Partial<Record<string, string>> = {
  EADDRINUSE: "another program has it; stop that or choose another port",
  EADDRNOTAVAIL: "this machine does not have that address",
  EACCES: "this port needs more rights; choose one above 1023",
};

/** Several addresses on "any free port": how often another port is tried when one of them has it taken. */
const freePortTries = 10;

/** Refused connections are logged at most this often. */
const warnIntervalMs = 60_000;

/** Accepts connections on every address and keeps track of their sockets. */
export class Listeners {
  readonly #maxSockets: number;
  readonly #log: Log;
  readonly #accept: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #servers: Server[] = [];
  #mayWarn = true;

  /** `accept` gets every connection that is within the bound; must not throw. */
  constructor(maxSockets: number, log: Log, accept: (socket: Socket) => void) {
    this.#maxSockets = maxSockets;
    this.#log = log;
    this.#accept = accept;
  }

  /** Listens on all hosts or, failing with a ListenError, on none. */
  async open({ hosts, port }: ListenOptions): Promise<BoundAddress[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#openAll(hosts, port);
      } catch (error) {
        this.close();
        const retry = port === 0 && hosts.length > 1 && error instanceof ListenError && error.code === "EADDRINUSE";
        if (!retry || tries >= freePortTries) throw error;
      }
    }
  }

  /** Stops listening; open connections stay. */
  close(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
  }

  /** How many connections are open. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Closes every connection at once. */
  destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #openAll(hosts: readonly string[], port: number): Promise<BoundAddress[]> {
    const bound: BoundAddress[] = [];
    // "::" also takes every IPv4 address unless told not to, and then listening on one of those fails.
    const ipv6Only = hosts.some(isIPv4);
    for (const host of hosts) bound.push(await this.#openOne({ host, port: bound[0]?.port ?? port, ipv6Only }));
    return bound;
  }

  #openOne({ host, port, ipv6Only }: BoundAddress & { readonly ipv6Only: boolean }): Promise<BoundAddress> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    this.#servers.push(server);
    server.on("connection", (socket) => this.#receive(socket));
    return new Promise((resolve, reject) => {
      server.once("error", (cause) => reject(new ListenError(host, port, cause)));
      server.listen({ host, port, ipv6Only }, () => {
        const address = server.address();
        server.on("error", (error) => this.#log.error({ host, error }, "accepting connections failed"));
        resolve({ host, port: typeof address === "object" ? (address?.port ?? port) : port });
      });
    });
  }

  #receive(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    if (this.#sockets.size >= this.#maxSockets) {
      this.#warnFull(socket.remoteAddress);
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    this.#accept(socket);
  }

  #warnFull(peer: string | undefined): void {
    if (!this.#mayWarn) return;
    this.#mayWarn = false;
    setTimeout(() => {
      this.#mayWarn = true;
    }, warnIntervalMs).unref();
    this.#log.warn({ limit: this.#maxSockets, peer }, "a connection was refused: too many are open");
  }
}
