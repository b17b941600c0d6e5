/**
 * The way of calls to the gateway: the Connect protocol over Node's own HTTP/1.1 client, which loads sooner than fetch or
 * HTTP/2 and can be told which certificate to trust.
 */

import { once } from "node:events";
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import type { Transport } from "@connectrpc/connect";
import type { UniversalClientFn, UniversalClientRequest } from "@connectrpc/connect/protocol";
import { createTransport } from "@connectrpc/connect/protocol-connect";

/** How the gateway's certificate is checked, for https. */
export type TlsOptions = Pick<RequestOptions, "ca" | "allowPartialTrustChain" | "checkServerIdentity">;

/** Most bytes of one message. */
const largestMessage = 64 * 1024 * 1024;

/** A transport to the gateway at `url`. What breaks on the way is thrown as a ConnectError whose cause has Node's code. */
export function nodeTransport(url: string, tls: TlsOptions = {}): Transport {
  return createTransport({
    baseUrl: url,
    httpClient: httpClient(tls),
    useBinaryFormat: true,
    interceptors: [],
    acceptCompression: [],
    sendCompression: null,
    compressMinBytes: 0,
    readMaxBytes: largestMessage,
    writeMaxBytes: largestMessage,
  });
}

function httpClient(tls: TlsOptions): UniversalClientFn {
  return (call) =>
    new Promise((resolve, reject) => {
      const request = open(call, tls);
      request.on("error", reject);
      let active: ClientRequest | IncomingMessage = request;
      const giveUp = (): unknown => active.destroy(call.signal?.reason);
      call.signal?.addEventListener("abort", giveUp);
      if (call.signal?.aborted) giveUp();
      request.on("response", (response) => {
        active = response;
        // Nobody may be reading the body when a call is given up; whoever does is told in any case.
        response.on("error", () => {});
        // The connection is the next call's from here on: node:http's own `signal` would break it.
        response.on("end", () => {
          call.signal?.removeEventListener("abort", giveUp);
          // Answered before it was sent, as one that is too large: nobody reads the rest.
          if (!request.writableFinished) request.destroy();
        });
        const { statusCode: status = 0 } = response;
        resolve({ status, header: headersOf(response), body: response, trailer: new Headers() });
      });
      send(request, call.body).catch((error: Error) => request.destroy(error));
    });
}

/** An `import` of these modules would load all of fetch with them, for the names they re-export. */
function open({ url, method, header }: UniversalClientRequest, tls: TlsOptions): ClientRequest {
  const headers: OutgoingHttpHeaders = {};
  header.forEach((value, name) => {
    headers[name] = value;
  });
  headers["user-agent"] = "openclaw-cli";
  const options = { method, headers, ...tls };
  if (url.startsWith("https:")) return process.getBuiltinModule("node:https").request(url, options);
  return process.getBuiltinModule("node:http").request(url, options);
}

async function send(request: ClientRequest, body: UniversalClientRequest["body"]): Promise<void> {
  for await (const piece of body ?? []) if (!request.write(piece)) await once(request, "drain");
  request.end();
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}
