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

/** The headers without HTTP/2's own and without the credential, which is the gate's alone. */
function headersOf(request: NodeRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(":") || name === "authorization") continue;
    if (typeof value === "string") headers.append(name, value);
    else for (const each of value) headers.append(name, each);
  }
  return headers;
}
