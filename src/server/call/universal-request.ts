/** A Node.js request as the protocol library takes it. */

import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import type { NodeRequest } from "../port/request-listener.ts";
import type { Call } from "./call.ts";
import { requestBody } from "./request-body.ts";

/** The call's request, whose one message (or each of its messages) may have `messageBytes`. */
export function universalRequest(call: Call, messageBytes: number): UniversalServerRequest {
  const { request } = call;
  return {
    httpVersion: request.httpVersion,
    method: request.method ?? "",
    url: `${call.connection.secure ? "https" : "http"}://${authorityOf(request)}${request.url ?? ""}`,
    header: headersOf(request),
    body: requestBody(call, messageBytes),
    signal: call.signal,
    contextValues: call.values,
  };
}

/** The value of :authority or Host, whichever the request has; the guard has judged it. */
export function authorityOf(request: NodeRequest): string | undefined {
  const authority = request.headers[":authority"];
  return typeof authority === "string" ? authority : request.headers.host;
}

/** Longest time a timer can be set to, in ms; one that is set to more rings at once. */
const longestTimerMs = 2 ** 31 - 1;

/** gRPC's units in which a deadline can be that far away, in ms. */
const longUnits: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000 };

/** True for a deadline that is weeks away, and so as good as none. */
function isEndless(name: string, value: string): boolean {
  if (name === "connect-timeout-ms") return /^\d{1,10}$/.test(value) && Number(value) > longestTimerMs;
  if (name !== "grpc-timeout") return false;
  const [, count, unit = ""] = /^(\d{1,8})([HMS])$/.exec(value) ?? [];
  return Number(count) * (longUnits[unit] ?? 0) > longestTimerMs;
}

/** The headers without HTTP/2's own, without the credential, which is the gate's alone, and without deadlines beyond every timer. */
function headersOf(request: NodeRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(":") || name === "authorization") continue;
    if (typeof value !== "string") for (const each of value) headers.append(name, each);
    else if (!isEndless(name, value)) headers.append(name, value);
  }
  return headers;
}
