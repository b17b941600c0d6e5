/** A real Server on a free loopback port with small services of the gateway's own contract, for tests of the door. */

import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
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

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
