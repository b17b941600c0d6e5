/** Every request's way through the door: guard first, then probe, RPC, or a word about where to look. */

import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { type Failure, invalidField } from "../core/errors.ts";
import type { Log } from "../lib/log.ts";
import { hasBrokenMessage, looksLikeRpc, protocolOf } from "./call/protocol.ts";
import { stopSender } from "./call/response-writer.ts";
import { methodUnknown, originRefused } from "./door-failures.ts";
import { isProxied } from "./guard/gate.ts";
import { type HeaderSet, preflightHeaders, securityHeaders } from "./guard/origin-guard.ts";
import type { RequestGuard } from "./guard/request-guard.ts";
import type { OtherRequests } from "./http/other-requests.ts";
import type { Connection } from "./port/connections.ts";
import type { NodeRequest, NodeResponse } from "./port/request-listener.ts";
import { isProbe, probeAnswer } from "./probes.ts";
import type { RpcParts, RpcServer } from "./rpc-server.ts";
import type { ServerState } from "./server-options.ts";

/** What a RequestHandler needs. */
export interface RequestHandlerOptions {
  readonly guard: RequestGuard;
  readonly rpc: RpcServer;
  /** What is served besides; nothing unless given. */
  readonly others?: OtherRequests;
  /** What the probes tell. */
  readonly state: () => ServerState;
  readonly log: Log;
}

const whereToLook =
  "nothing here. RPCs: POST /openclaw.gateway.v1.<Service>/<Method> (Connect, gRPC, gRPC-Web). Health: GET /healthz, /readyz\n";

/** Answers every request of the port. */
export class RequestHandler {
  readonly #guard: RequestGuard;
  readonly #rpc: RpcServer;
  readonly #others: OtherRequests | undefined;
  readonly #state: () => ServerState;
  readonly #log: Log;
  #stopping = false;

  constructor({ guard, rpc, others, state, log }: RequestHandlerOptions) {
    this.#guard = guard;
    this.#rpc = rpc;
    this.#others = others;
    this.#state = state;
    this.#log = log;
  }

  /** From now on every HTTP/1.1 answer closes its connection. */
  stop(): void {
    this.#stopping = true;
  }

  /** Answers a request; never throws. */
  readonly handle = (request: NodeRequest, response: NodeResponse, connection: Connection): void => {
    // A write that loses the race against a hang-up emits this event, and unheard it would end the process.
    response.on("error", ignore);
    try {
      this.#admit({ request, response, connection, baseHeaders: securityHeaders });
    } catch (error) {
      this.#log.error({ error }, "a request could not be handled");
      response.destroy();
    }
  };

  #admit(parts: RpcParts): void {
    const { request, connection } = parts;
    const verdict = this.#guard.judge(request, connection.secure);
    if (verdict.kind === "malformed") {
      sendText(parts, 400, "the Host or :authority of the request is missing or malformed\n");
    } else if (verdict.kind === "refused") {
      this.#refuse(parts, verdict.failure);
    } else {
      const closing = (this.#stopping || connection.leaving) && connection.protocol === "HTTP/1.1";
      this.#route({ ...parts, baseHeaders: closing ? { ...verdict.headers, connection: "close" } : verdict.headers });
    }
  }

  #route(parts: RpcParts): void {
    const { request } = parts;
    const path = pathOf(request);
    const handler = this.#rpc.find(path);
    if (isPreflight(request)) sendPreflight(parts);
    else if (isGrpcOverHttp1(parts)) sendText(parts, 505, "gRPC needs HTTP/2; over HTTP/1.1 use gRPC-Web or Connect\n");
    else if (handler === undefined) this.#routeOther(parts, path);
    else if (isBlindCrossSite(request)) this.#refuse(parts, originRefused("cross-site"));
    else if (hasBrokenMessage(request.method, request.url ?? ""))
      this.#refuse(parts, invalidField("message", "is no base64"));
    else this.#rpc.serve(parts, handler);
  }

  #routeOther(parts: RpcParts, path: string): void {
    const serve = this.#others?.find(path);
    if (isProbe(path)) this.#probe(parts, path);
    else if (serve !== undefined) void serve(parts);
    else if (isRpc(parts.request)) this.#rpc.refuse(parts, methodUnknown(path));
    else sendText(parts, 404, whereToLook);
  }

  #probe(parts: RpcParts, path: string): void {
    const { request, connection } = parts;
    if (request.method === "GET" || request.method === "HEAD") {
      const direct = connection.loopback && !isProxied(request.headers);
      const { status, body } = probeAnswer(path, this.#state(), direct);
      send(parts, { status, headers: { "content-type": "application/json" }, body });
    } else {
      sendText(parts, 405, "use GET or HEAD\n");
    }
  }

  #refuse(parts: RpcParts, failure: Failure): void {
    if (isRpc(parts.request) && !isGrpcOverHttp1(parts)) this.#rpc.refuse(parts, failure);
    else sendText(parts, failure.reason === ErrorReason.TOO_LARGE ? 431 : 403, `${failure.message}\n`);
  }
}

function ignore(): void {}

function pathOf({ url = "" }: NodeRequest): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}

function isGrpcOverHttp1({ request, connection }: RpcParts): boolean {
  return connection.protocol === "HTTP/1.1" && protocolOf(request.headers["content-type"]) === "grpc";
}

function isRpc(request: NodeRequest): boolean {
  const path = pathOf(request);
  const { method, headers, url = "" } = request;
  return (method === "POST" || method === "GET") && looksLikeRpc(path, url.slice(path.length), headers["content-type"]);
}

/** True for what a page of another site can make a browser send without saying whose page it is: images, links, forms. */
function isBlindCrossSite({ headers }: NodeRequest): boolean {
  return headers.origin === undefined && headers["sec-fetch-site"] === "cross-site";
}

function isPreflight({ method, headers }: NodeRequest): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

function sendPreflight(parts: RpcParts): void {
  const privateNetwork = parts.request.headers["access-control-request-private-network"] === "true";
  send(parts, { status: 204, headers: preflightHeaders(parts.baseHeaders, privateNetwork), body: "" });
}

function sendText(parts: RpcParts, status: number, text: string): void {
  const closes = (status === 505 || status === 400) && parts.connection.protocol === "HTTP/1.1";
  const headers = { "content-type": "text/plain; charset=utf-8", ...(closes ? { connection: "close" } : {}) };
  send(parts, { status, headers, body: text });
}

interface Answer {
  readonly status: number;
  readonly headers: HeaderSet;
  readonly body: string;
}

function send(parts: RpcParts, { status, headers, body }: Answer): void {
  const { request, response, baseHeaders } = parts;
  response.statusCode = status;
  for (const [name, value] of Object.entries({ ...baseHeaders, ...headers })) response.setHeader(name, value);
  if (body !== "") response.setHeader("content-length", String(Buffer.byteLength(body)));
  if (request.method === "HEAD") response.end();
  else response.end(body);
  stopSender(parts);
}
