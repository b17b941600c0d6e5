/** One RPC by hand, in the Connect protocol over HTTP/1.1: any headers, any body, or a body that never comes. */

import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import type { DescMethod } from "@bufbuild/protobuf";

/** What is sent. */
export interface RawCallOptions {
  readonly url: string;
  readonly method: DescMethod;
  readonly authorization?: string;
  /** Undefined: a body is announced and never sent. */
  readonly body?: Uint8Array;
}

/** The code of the answer, as Connect writes it: "permission_denied"; "ok" when the call did not fail. */
export async function rawCall({ url, method, authorization, body }: RawCallOptions): Promise<string> {
  const isStream = method.methodKind !== "unary";
  const request = http.request(`${url}/${method.parent.typeName}/${method.name}`, {
    method: "POST",
    agent: new http.Agent(),
    headers: {
      "content-type": isStream ? "application/connect+proto" : "application/proto",
      "content-length": body === undefined ? 1_000 : body.length,
      ...(authorization === undefined ? {} : { authorization }),
    },
  });
  request.on("error", () => {});
  if (body === undefined) request.flushHeaders();
  else request.end(body);
  try {
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return isStream ? codeOfStream(Buffer.concat(chunks)) : codeOfUnary(response, Buffer.concat(chunks));
  } finally {
    request.destroy();
  }
}

function codeOfUnary(response: IncomingMessage, body: Buffer): string {
  if (response.statusCode === 200) return "ok";
  return String((JSON.parse(body.toString()) as { code?: string }).code);
}

/** The error stands in the last frame, the one with the second flag set. */
function codeOfStream(body: Buffer): string {
  for (let start = 0; start + 5 <= body.length; ) {
    const end = start + 5 + body.readUInt32BE(start + 1);
    if (((body[start] ?? 0) & 2) !== 0) {
      const { error } = JSON.parse(body.toString("utf8", start + 5, end)) as { error?: { code: string } };
      return error?.code ?? "ok";
    }
    start = end;
  }
  return "no end";
}
