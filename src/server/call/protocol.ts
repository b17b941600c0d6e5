/** Which of the three protocols a request speaks, by its content type. */

import { base64Decode } from "@bufbuild/protobuf/wire";

/** The protocols, as the access log names them. */
export type Protocol = "grpc" | "grpc-web" | "connect";

/** The protocol of an RPC with this content type; one without (a GET) speaks Connect. */
export function protocolOf(contentType: string | undefined): Protocol {
  if (contentType === undefined || !contentType.startsWith("application/grpc")) return "connect";
  return contentType.startsWith("application/grpc-web") ? "grpc-web" : "grpc";
}

/** True for a Connect GET that says its message is base64, which it is not: the library would take that for a bug of ours. */
export function hasBrokenMessage(method: string | undefined, url: string): boolean {
  if (method !== "GET") return false;
  const query = new URLSearchParams(url.slice(url.indexOf("?") + 1));
  if (query.get("base64") !== "1") return false;
  try {
    base64Decode(query.get("message") ?? "");
    return false;
  } catch {
    return true;
  }
}

const methodPath = /^\/\w+(\.\w+)+\/\w+$/;

/**
 * True when a request that matches no method was meant as an RPC, so that its sender understands an error of that protocol:
 * by a content type only RPCs have, or by a path like "/package.Service/Method" with JSON or a Connect GET's query.
 */
export function looksLikeRpc(path: string, query: string, contentType: string | undefined): boolean {
  const type = contentType ?? "";
  if (type.startsWith("application/grpc") || type.startsWith("application/connect+")) return true;
  if (!methodPath.test(path)) return false;
  return type.startsWith("application/json") || type.startsWith("application/proto") || /\bencoding=/.test(query);
}
