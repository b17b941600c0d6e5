/** An HTTP server with hand-written services, for tests of the client and the CLI. */

import { once } from "node:events";
import http, { type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";

/** A call as it arrived. */
export interface SeenCall {
  /** "SessionService/ListSessions". */
  readonly method: string;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
}

/** Serves the given services on a free port of 127.0.0.1 over HTTP/1.1. */
export class TestGateway {
  /** Every call so far. */
  readonly calls: SeenCall[] = [];
  readonly #server: Server;

  constructor(routes: (router: ConnectRouter) => void) {
    const handle = connectNodeAdapter({ routes });
    this.#server = http.createServer((request, response) => {
      this.calls.push({
        method: (request.url ?? "").replace(/^\/openclaw\.gateway\.v1\.|\?.*$/g, ""),
        authorization: request.headers.authorization,
        userAgent: request.headers["user-agent"],
      });
      handle(request, response);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this.url;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** An error as the gateway makes them. */
export function gatewayFailure(
  code: Code,
  reason: string,
  more: { message?: string; retryAfterMs?: number; metadata?: Record<string, string> } = {},
): ConnectError {
  const { message = `${reason} it is`, retryAfterMs, metadata = {} } = more;
  const error = new ConnectError(message, code);
  error.details.push({ desc: ErrorInfoSchema, value: { reason, domain: "gateway.openclaw", metadata } });
  if (retryAfterMs !== undefined) {
    error.details.push({ desc: RetryInfoSchema, value: { retryDelay: durationFromMs(retryAfterMs) } });
  }
  return error;
}

/** The gateway is starting: worth another try at once. */
export function starting(): ConnectError {
  return gatewayFailure(Code.Unavailable, "STARTING", { retryAfterMs: 1 });
}
