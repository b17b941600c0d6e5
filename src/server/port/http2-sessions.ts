/** The HTTP/2 half of the port: sessions, and the PINGs that find out which of them are dead. */

import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { ServerLimits } from "../server-options.ts";
import type { Connection } from "./connections.ts";
import type { RequestListener } from "./request-listener.ts";

/** Flow-control window of a connection: one unread request body must not stop the others. */
const connectionWindowBytes = 1024 * 1024;

/** How long a peer may take to close its half of a connection whose session has ended. */
const hangUpMs = 50;

interface Peer {
  readonly connection: Connection;
  readonly socket: Socket;
  hangingUp: boolean;
}

/** Serves HTTP/2 on sockets it is handed. */
export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #limits: ServerLimits;
  readonly #sessions = new Map<ServerHttp2Session, Peer>();
  readonly #pings: NodeJS.Timeout;

  constructor(limits: ServerLimits, listener: RequestListener) {
    this.#limits = limits;
    this.#server = createServer({
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      maxSettings: 16,
      maxSessionMemory: 16,
      unknownProtocolTimeout: limits.times.firstByteMs,
      settings: {
        maxConcurrentStreams: limits.counts.callsPerConnection,
        maxHeaderListSize: limits.sizes.headerBytes,
        enablePush: false,
      },
    });
    this.#server.on("request", (request, response) => {
      const session = request.stream.session;
      const peer = session === undefined ? undefined : this.#sessions.get(session as ServerHttp2Session);
      if (peer !== undefined) listener(request, response, peer.connection);
    });
    this.#pings = setInterval(() => this.#pingAll(), limits.times.pingIntervalMs);
    this.#pings.unref();
  }

  /** Serves a socket whose peer speaks HTTP/2. */
  serve(socket: Socket, connection: Connection): void {
    socket.allowHalfOpen = false;
    this.#server.once("session", (session) => this.#add(session, { connection, socket, hangingUp: false }));
    this.#server.emit("connection", socket);
  }

  /** Tells every peer to go away (GOAWAY); sessions end when their calls have. Repeat to hang up on those that ended. */
  dismissAll(): void {
    for (const [session, peer] of this.#sessions) {
      session.close();
      // Everything was said; a peer that does not close its half is not waited for.
      if (!session.destroyed || peer.hangingUp) continue;
      peer.hangingUp = true;
      setTimeout(() => peer.socket.destroy(), hangUpMs).unref();
    }
  }

  /** Stops the PINGs, so that nothing of the server is left. */
  stop(): void {
    clearInterval(this.#pings);
  }

  #add(session: ServerHttp2Session, peer: Peer): void {
    this.#sessions.set(session, peer);
    session.once("close", () => this.#sessions.delete(session));
    session.setLocalWindowSize(connectionWindowBytes);
  }

  #pingAll(): void {
    for (const session of this.#sessions.keys()) this.#ping(session);
  }

  /** A peer behind a cut cable never closes anything: only its silence gives it away. */
  #ping(session: ServerHttp2Session): void {
    if (session.destroyed) return;
    const timer = setTimeout(() => session.destroy(), this.#limits.times.pingGraceMs);
    timer.unref();
    session.ping(() => clearTimeout(timer));
  }
}
