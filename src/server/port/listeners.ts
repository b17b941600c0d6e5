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

/** What is listened on now. */
export interface Listening {
  readonly bound: BoundAddress[];
  /** False when nothing had to be opened or closed. */
  readonly changed: boolean;
}

/** An address and the socket that listens on it. */
interface Open extends Address {
  readonly server: Server;
}

interface Address extends BoundAddress {
  /** Only for "::": it takes no IPv4 connection. */
  readonly ipv6Only: boolean;
}

/** Accepts connections on every address and keeps track of their sockets. */
export class Listeners {
  readonly #maxSockets: number;
  readonly #log: Log;
  readonly #accept: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #open: readonly Open[] = [];
  #mayWarn = true;

  /** `accept` gets every connection that is within the bound; must not throw. */
  constructor(maxSockets: number, log: Log, accept: (socket: Socket) => void) {
    this.#maxSockets = maxSockets;
    this.#log = log;
    this.#accept = accept;
  }

  /**
   * Listens on all hosts, and nowhere else. What is open already stays open; "any free port" is the one there is. Fails with
   * a ListenError, and then everything is as it was.
   */
  async listen(listen: ListenOptions): Promise<Listening> {
    const wanted = this.#addresses(listen);
    const kept = this.#open.filter((open) => wanted.some((address) => isSame(open, address)));
    const missing = wanted.filter((address) => !kept.some((open) => isSame(open, address)));
    const left = this.#open.filter((open) => !kept.includes(open));
    // A wildcard and one of its addresses cannot both be open on one port: what is left has to go first then.
    const collides = left.some((open) => missing.some((address) => open.port === address.port));
    if (collides) closeAll(left);
    try {
      const opened = await this.#openAll(missing);
      if (!collides) closeAll(left);
      this.#open = wanted.flatMap(({ host }) => [...kept, ...opened].filter((open) => open.host === host));
    } catch (error) {
      if (!collides) throw error;
      this.#open = kept;
      this.#open = [...kept, ...(await this.#openAll(left))];
      throw error;
    }
    const bound = this.#open.map((open) => ({ host: open.host, port: open.port }));
    return { bound, changed: left.length + missing.length > 0 };
  }

  /** Fails with a ListenError when an address on another port than now cannot be had. */
  async check(listen: ListenOptions): Promise<void> {
    const ports = new Set(this.#open.map(({ port }) => port));
    closeAll(await this.#openAll(this.#addresses(listen).filter(({ port }) => !ports.has(port))));
  }

  /** Stops listening; open connections stay. */
  close(): void {
    closeAll(this.#open);
    this.#open = [];
  }

  /** How many connections are open. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Closes every connection at once. */
  destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #addresses({ hosts, port }: ListenOptions): Address[] {
    // "::" also takes every IPv4 address unless told not to, and then listening on one of those fails.
    const ipv6Only = hosts.some(isIPv4);
    return hosts.map((host) => ({ host, port: port || (this.#open[0]?.port ?? 0), ipv6Only }));
  }

  /** All of them or, failing with a ListenError, none. Several on "any free port" are on the same one. */
  async #openAll(addresses: readonly Address[]): Promise<Open[]> {
    for (let tries = 1; ; tries += 1) {
      const opened: Open[] = [];
      try {
        for (const { host, port, ipv6Only } of addresses)
          opened.push(await this.#openOne({ host, port: port || (opened[0]?.port ?? 0), ipv6Only }));
        return opened;
      } catch (error) {
        closeAll(opened);
        const retry = addresses[0]?.port === 0 && error instanceof ListenError && error.code === "EADDRINUSE";
        if (!retry || opened.length === 0 || tries >= freePortTries) throw error;
      }
    }
  }

  #openOne({ host, port, ipv6Only }: Address): Promise<Open> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    server.on("connection", (socket) => this.#receive(socket));
    return new Promise((resolve, reject) => {
      server.once("error", (cause) => reject(new ListenError(host, port, cause)));
      server.listen({ host, port, ipv6Only }, () => {
        const address = server.address();
        server.on("error", (error) => this.#log.error({ host, error }, "accepting connections failed"));
        resolve({ server, host, ipv6Only, port: typeof address === "object" ? (address?.port ?? port) : port });
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

function isSame(one: Address, other: Address): boolean {
  return one.host === other.host && one.port === other.port && one.ipv6Only === other.ipv6Only;
}

function closeAll(open: readonly Open[]): void {
  for (const { server } of open) server.close();
}
