/** A real Server on a free loopback port with small services of the gateway's own contract, for tests of the door. */

import { connect, type Socket } from "node:net";
import type { ConnectRouter, ServiceImpl, Transport } from "@connectrpc/connect";
import {
  type ConnectTransportOptions,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLog } from "../../src/lib/log.ts";
import { callerKey } from "../../src/server/caller-key.ts";
import { Server } from "../../src/server/server.ts";
import type { ServerOptions, ServerState } from "../../src/server/server-options.ts";

/** The token of every test server in token mode. */
export const testToken = "test-token-0123456789";

/** Handlers that differ from the defaults below. */
export interface TestHandlers {
  readonly gateway?: Partial<ServiceImpl<typeof GatewayService>>;
  readonly events?: Partial<ServiceImpl<typeof EventService>>;
  readonly sessions?: Partial<ServiceImpl<typeof SessionService>>;
  /** Registers more. */
  readonly routes?: (router: ConnectRouter) => void;
}

/** A running server and how to reach it. */
export interface TestServer {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** What the server believes its state is; assign to change it. */
  current: ServerState;
  stop(graceMs?: number): Promise<void>;
}

/** GetGateway tells the caller; WatchEvents sends a bookmark and then waits; CreateSession echoes the title. */
const defaultHandlers: Required<Omit<TestHandlers, "routes">> = {
  gateway: {
    getGateway: (_request, context) => {
      const { principal, scopes } = context.values.get(callerKey);
      return { caller: { principal, scopes: [...scopes] }, cursor: "head" };
    },
  },
  events: {
    async *watchEvents(_request, context) {
      yield { frame: { case: "bookmark", value: { cursor: "head" } } };
      await aborted(context.signal);
      throw context.signal.reason;
    },
  },
  sessions: {
    createSession: (request) => ({ session: { name: "sessions/new", title: request.session?.title } }),
  },
};

/** Starts a server; by default without authentication, on 127.0.0.1. */
export async function startTestServer(
  options: Partial<ServerOptions> = {},
  handlers: TestHandlers = {},
): Promise<TestServer> {
  const running = { current: { state: "ready", reason: "" } as ServerState };
  const server = new Server({
    listen: { hosts: ["127.0.0.1"], port: 0 },
    auth: { mode: "none" },
    allowedOrigins: [],
    allowedHosts: [],
    routes: (router) => {
      router.service(GatewayService, { ...defaultHandlers.gateway, ...handlers.gateway });
      router.service(EventService, { ...defaultHandlers.events, ...handlers.events });
      router.service(SessionService, { ...defaultHandlers.sessions, ...handlers.sessions });
      handlers.routes?.(router);
    },
    state: () => running.current,
    log: silentLog,
    clock: systemClock,
    ...options,
  });
  const [address] = await server.start();
  const port = address?.port ?? 0;
  const url = `${options.tls ? "https" : "http"}://${options.tls ? "localhost" : "127.0.0.1"}:${port}`;
  return Object.assign(running, { server, port, url, stop: (graceMs = 100) => server.stop(graceMs) });
}

/** The protocols, each with a transport to a base URL; `httpVersion` "2" is HTTP/2 without negotiation. */
export const transports: Record<"connect" | "grpc" | "grpc-web", (options: ConnectTransportOptions) => Transport> = {
  connect: createConnectTransport,
  grpc: ({ httpVersion: _, ...options }) => createGrpcTransport(options as never),
  "grpc-web": createGrpcWebTransport,
};

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

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
