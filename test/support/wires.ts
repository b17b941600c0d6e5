/** Every way a client can speak to the port, so that a test can ask the same of all. */

import type { Interceptor, Transport } from "@connectrpc/connect";
import { ConnectError } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";

/** What a transport is made with. */
export interface WireOptions {
  readonly baseUrl: string;
  /** Sent as "authorization". */
  readonly authorization?: string;
  readonly nodeOptions?: { readonly rejectUnauthorized?: boolean; readonly ca?: string };
}

/** One way to speak. */
export interface Wire {
  /** "Connect over HTTP/1.1". */
  readonly name: string;
  readonly protocol: "connect" | "grpc" | "grpc-web";
  readonly http: "1.1" | "2";
  transport(options: WireOptions): Transport;
}

/** All of them. */
export const wires: readonly Wire[] = [
  wire("Connect over HTTP/1.1", "connect", "1.1"),
  wire("Connect over HTTP/2", "connect", "2"),
  wire("gRPC-Web over HTTP/1.1", "grpc-web", "1.1"),
  wire("gRPC-Web over HTTP/2", "grpc-web", "2"),
  wire("gRPC over HTTP/2", "grpc", "2"),
];

/** One per protocol. */
export const protocols: readonly Wire[] = wires.filter(
  ({ http, protocol }) => (http === "2") !== (protocol === "connect"),
);

/** What an error told, in one flat object: code, message, reason, metadata, violated fields, seconds to wait. */
export async function failureOf(call: Promise<unknown>): Promise<ToldFailure> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => ConnectError.from(thrown),
  );
  if (error === undefined) throw new Error("the call succeeded");
  const infos = error.findDetails(ErrorInfoSchema);
  const [retry] = error.findDetails(RetryInfoSchema);
  return {
    code: error.code,
    message: error.rawMessage,
    reasons: infos.map((info) => info.reason),
    metadata: infos[0]?.metadata ?? {},
    violations: error.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations.map(({ field }) => field)),
    retrySeconds: retry?.retryDelay === undefined ? undefined : Number(retry.retryDelay.seconds),
    headers: error.metadata,
  };
}

/** An error as a client sees it. */
export interface ToldFailure {
  readonly code: number;
  readonly message: string;
  readonly reasons: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly string[];
  readonly retrySeconds: number | undefined;
  readonly headers: Headers;
}

function wire(name: string, protocol: Wire["protocol"], http: Wire["http"]): Wire {
  const transport = ({ baseUrl, authorization, nodeOptions }: WireOptions): Transport => {
    const interceptors = authorization === undefined ? [] : [withAuthorization(authorization)];
    const options = { baseUrl, interceptors, nodeOptions };
    if (protocol === "grpc") return createGrpcTransport(options);
    if (protocol === "grpc-web") return createGrpcWebTransport({ ...options, httpVersion: http } as never);
    return createConnectTransport({ ...options, httpVersion: http } as never);
  };
  return { name, protocol, http, transport };
}

function withAuthorization(value: string): Interceptor {
  return (next) => (request) => {
    request.header.set("authorization", value);
    return next(request);
  };
}
