/**
 * One unary call in JSON, over Node's own HTTP client.
 *
 * Most commands make one call and print the answer: for them, loading the protobuf runtime and a fetch implementation would
 * take several times as long as the call. Streams, and errors, are left to src/client.
 */

import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { JsonValue } from "@bufbuild/protobuf";
import { backoffMs } from "../../lib/backoff.ts";
import { GatewayUnreachable } from "./gateway-unreachable.ts";

/** Where calls go. */
export interface CallTarget {
  /** "http://127.0.0.1:18789", without a slash at the end. */
  readonly url: string;
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  /** Longest time of a call with its tries, in ms. */
  readonly timeoutMs: number;
  /** How the gateway's certificate is checked, for https. */
  readonly tls: Pick<RequestOptions, "ca" | "allowPartialTrustChain" | "checkServerIdentity">;
}

/** What came back. */
interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const backoff = { baseMs: 100, capMs: 2_000, jitter: 0.3 };
const largestAnswer = 64 * 1024 * 1024;

/** One call. */
export interface JsonCall {
  /** "openclaw.gateway.v1.SessionService/ListSessions". */
  readonly method: string;
  readonly request: JsonValue;
  /** True when doing it twice is the same as doing it once: it has no side effects, or carries a request_id. */
  readonly repeatable: boolean;
}

/**
 * Makes the call. A repeatable one is tried again until the timeout while the gateway is starting, and when the connection
 * breaks. Throws GatewayUnreachable, or a GatewayError with what the gateway answered.
 */
export async function callJson(target: CallTarget, call: JsonCall): Promise<JsonValue> {
  const deadlineMs = performance.now() + target.timeoutMs;
  for (let failures = 1; ; failures += 1) {
    const waitMs = backoffMs(failures, backoff);
    const last = !call.repeatable || performance.now() + waitMs >= deadlineMs;
    const answer = await post(target, call, deadlineMs - performance.now()).catch((error: unknown) => {
      if (last || !(error instanceof GatewayUnreachable && error.mayPass)) throw error;
    });
    if (answer?.status === 200 && answer.contentType === "application/json") return JSON.parse(answer.body);
    if (answer && (last || !isUnavailable(answer))) {
      const { readCallError } = await import("./call-error.ts");
      throw readCallError(target.url, answer);
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

function post(target: CallTarget, call: JsonCall, remainingMs: number): Promise<Answer> {
  const url = new URL(`${target.url}/${call.method}`);
  const body = Buffer.from(JSON.stringify(call.request));
  const timeoutMs = Math.max(1, Math.ceil(remainingMs));
  const headers: Record<string, string | number> = {
    "content-type": "application/json",
    "content-length": body.length,
    "connect-protocol-version": "1",
    "connect-timeout-ms": timeoutMs,
    "user-agent": "openclaw-cli",
  };
  if (target.authorization !== undefined) headers.authorization = target.authorization;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(new GatewayUnreachable(target.url, cause));
    const request = send(url, { method: "POST", headers, ...target.tls, signal: AbortSignal.timeout(timeoutMs) });
    request.on("error", fail);
    request.on("response", (response) => read(response).then(resolve, fail));
    request.end(body);
  });
}

/** An `import` of these modules would load all of fetch with them, for the names they re-export. */
function send(url: URL, options: RequestOptions) {
  if (url.protocol === "https:") return process.getBuiltinModule("node:https").request(url, options);
  return process.getBuiltinModule("node:http").request(url, options);
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > largestAnswer) throw new Error(`the answer is larger than ${largestAnswer} bytes`);
    chunks.push(chunk);
  }
  const contentType = (response.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  return { status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks).toString() };
}

function isUnavailable(answer: Answer): boolean {
  return answer.contentType === "application/json" && /"code"\s*:\s*"unavailable"/.test(answer.body);
}
