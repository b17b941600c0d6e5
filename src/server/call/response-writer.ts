/** Writes what the protocol library answers to a Node.js response. */

import type { Http2ServerResponse } from "node:http2";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { callerGone } from "../failures.ts";
import type { Call } from "./call.ts";
import { discard } from "./request-body.ts";
import { universalRequest } from "./universal-request.ts";

/** After this long a caller that still sends what nobody reads is told to stop. */
const lingerMs = 50;

type Chunks = AsyncIterator<Uint8Array>;

interface WholeAnswer {
  readonly answer: UniversalServerResponse;
  readonly body: Uint8Array;
}

/** What the responses of both HTTP versions have in common here. */
interface HeadWriter {
  writeHead(status: number, headers: Record<string, string>): unknown;
}

/** Has the handler answer the call, whose messages may have `messageBytes`, and sends that; resolves and rejects as writeResponse. */
export async function answerBy(handler: UniversalHandler, call: Call, messageBytes: number): Promise<void> {
  await writeResponse(call, await handler(universalRequest(call, messageBytes)));
}

/**
 * Sends the answer of the call. Resolves when all of it was handed to the connection; rejects when the connection was lost
 * or the library failed. The one message of a unary call goes out in one piece with its headers.
 */
export async function writeResponse(call: Call, answer: UniversalServerResponse): Promise<void> {
  const chunks = answer.body?.[Symbol.asyncIterator]();
  if (call.isStream && chunks !== undefined) await writeStream(call, answer, chunks);
  else await writeWhole(call, answer, chunks);
  stopSender(call);
}

async function writeWhole(call: Call, answer: UniversalServerResponse, chunks: Chunks | undefined): Promise<void> {
  const body: Uint8Array[] = [];
  for (let next = await chunks?.next(); next !== undefined && next.done !== true; next = await chunks?.next()) {
    body.push(next.value);
  }
  const first = body[0];
  const whole = body.length === 1 && first !== undefined ? first : Buffer.concat(body);
  const { response } = call;
  if (call.ended || call.superseded) return;
  if (whole.byteLength === 0 && isBare(answer)) {
    writeTrailersOnly(call, answer);
    return;
  }
  call.responseBytes = whole.byteLength;
  if ("stream" in response) {
    writeAtOnce(call, response, { answer, body: whole });
    return;
  }
  writeHead(call, answer, whole.byteLength);
  response.end(whole);
}

/**
 * Sends a whole answer over HTTP/2 in one write. The response object of Node.js always expects trailers, and without any
 * ends the stream in a later turn of the event loop: whatever came between would make the caller wait.
 */
function writeAtOnce(call: Call, response: Http2ServerResponse, { answer, body }: WholeAnswer): void {
  const { stream } = response;
  if (stream.destroyed || stream.closed) return;
  const trailers = answer.trailer;
  if (trailers !== undefined) response.addTrailers(plainHeaders(trailers, {}));
  const headers = { ":status": answer.status, ...plainHeaders(answer.header, call.baseHeaders) };
  stream.respond(headers, { waitForTrailers: trailers !== undefined });
  stream.end(body);
}

async function writeStream(call: Call, answer: UniversalServerResponse, chunks: Chunks): Promise<void> {
  const { response } = call;
  let next = await chunks.next();
  if (call.superseded) return;
  if (next.done === true && !call.ended && isBare(answer)) {
    writeTrailersOnly(call, answer);
    return;
  }
  if (!call.ended) writeHead(call, answer, undefined);
  call.compresses = compressionHeaders.some((name) => answer.header?.has(name));
  for (; next.done !== true; next = await chunks.next()) {
    if (call.ended) {
      await chunks.throw?.(callerGone()).catch(() => {});
      return;
    }
    await call.send(next.value);
  }
  if (call.ended) return;
  if (answer.trailer !== undefined) response.addTrailers(plainHeaders(answer.trailer, {}));
  response.end();
}

/** Says that messages of a stream may be compressed: Connect's word and gRPC's. */
const compressionHeaders = ["connect-content-encoding", "grpc-encoding"];

/** Names of gRPC's own response headers. */
const grpcHeaders: ReadonlySet<string> = new Set(["content-type", "grpc-encoding", "grpc-accept-encoding"]);

/** True for a gRPC answer whose handler set no headers, so that nobody misses them. */
function isBare({ header, trailer }: UniversalServerResponse): boolean {
  if (trailer === undefined || header === undefined) return false;
  for (const name of header.keys()) if (!grpcHeaders.has(name)) return false;
  return true;
}

/**
 * A gRPC error without messages, as one frame ("Trailers-Only"). Between headers and trailers a caller that is still
 * sending could break off, and would then never learn why.
 */
function writeTrailersOnly(call: Call, answer: UniversalServerResponse): void {
  const { response, baseHeaders } = call;
  response.statusCode = answer.status;
  const headers = plainHeaders(answer.trailer, plainHeaders(answer.header, baseHeaders));
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end();
}

function writeHead(call: Call, answer: UniversalServerResponse, lengthBytes: number | undefined): void {
  const { baseHeaders, connection } = call;
  const response: HeadWriter = call.response;
  const headers = plainHeaders(answer.header, baseHeaders);
  if (lengthBytes !== undefined && connection.protocol === "HTTP/1.1") headers["content-length"] = String(lengthBytes);
  response.writeHead(answer.status, headers);
}

function plainHeaders(from: Headers | undefined, base: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = { ...base };
  from?.forEach((value, name) => {
    headers[name] = name === "grpc-message" ? plainMessage(value) : value;
  });
  return headers;
}

/**
 * The message as the gRPC specification escapes it: printable ASCII but "%" stands as it is. The library escapes more, and
 * some clients (grpc-js) show people "sessions%2Fmain" then.
 */
function plainMessage(escaped: string): string {
  return escaped.replace(/%([2-7][0-9A-F])/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code === 0x25 || code === 0x7f ? whole : String.fromCharCode(code);
  });
}

/**
 * A call may be answered before its request has arrived. On HTTP/1.1 the rest is read and dropped. On HTTP/2 it would wait
 * for ever for room in the window, so the stream is closed without an error, which tells the peer that the answer stands
 * and nothing more is wanted.
 */
export function stopSender({ request, response }: Pick<Call, "request" | "response">): void {
  if (request.complete) return;
  if (!("stream" in response)) {
    discard(request);
    return;
  }
  const { stream } = response;
  setTimeout(() => {
    if (!stream.closed && !stream.destroyed) stream.close();
  }, lingerMs).unref();
}
