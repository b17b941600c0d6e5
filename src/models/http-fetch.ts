/**
 * A `fetch` on node:http for answers that stream.
 *
 * What it does otherwise than the global one: the only time limit is silence (the global one gives up after 300 s whatever it
 * is told), an answer has a bound in bytes, and redirects are handed to the caller instead of being followed with the
 * credentials of the first host.
 */

import http from "node:http";
import https from "node:https";

/** What one client allows. */
export interface HttpFetchOptions {
  /** Longest time without a byte from the server, before and after the headers. */
  readonly idleTimeoutMs: number;
  /** Longest answer, in bytes. */
  readonly maxBytes: number;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY as in an environment; absent means a direct connection. Needs Node 24.5. */
  readonly proxy?: Readonly<Record<string, string | undefined>>;
}

/** The server sent nothing for too long; the connection is closed. */
export class SilenceError extends Error {
  readonly silentMs: number;

  constructor(silentMs: number) {
    super(`sent nothing for ${silentMs / 1000} s`);
    this.name = "SilenceError";
    this.silentMs = silentMs;
  }
}

/** The answer is longer than allowed; the connection is closed. */
export class AnswerTooLongError extends Error {
  constructor(maxBytes: number) {
    super(`answered with more than ${maxBytes} bytes`);
    this.name = "AnswerTooLongError";
  }
}

const withoutBody = new Set([204, 205, 304]);

/** Keeps connections for reuse; idle ones do not keep the process alive. */
export class HttpFetch {
  readonly #options: HttpFetchOptions;
  readonly #agents: { readonly "http:": http.Agent; readonly "https:": https.Agent };

  constructor(options: HttpFetchOptions) {
    this.#options = options;
    const pool: https.AgentOptions = { keepAlive: true, maxFreeSockets: 16 };
    if (options.proxy) pool.proxyEnv = options.proxy;
    this.#agents = { "http:": new http.Agent(pool), "https:": new https.Agent(pool) };
  }

  /**
   * Sends a request with a text body and resolves with the head of the answer. Rejects with the signal's reason, a
   * SilenceError, or the network's error; after the head the same errors come out of the body.
   */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const agents: Partial<Record<string, http.Agent>> = this.#agents;
    const agent = agents[url.protocol];
    const body = init?.body ?? undefined;
    if (!agent) throw new TypeError(`${url.protocol} is not a protocol to send requests with`);
    if (body !== undefined && typeof body !== "string") throw new TypeError("the body must be text");
    const signal = init?.signal ?? undefined;
    signal?.throwIfAborted();

    const headers = Object.fromEntries(new Headers(init?.headers));
    headers["accept-encoding"] = "identity";
    const send = url.protocol === "https:" ? https.request : http.request;
    const request = send(url, { method: init?.method ?? "GET", headers, agent });
    return new Promise<Response>((resolve, reject) => {
      const exchange = new Exchange(request, this.#options, signal);
      request.on("error", reject);
      request.on("response", (answer) => {
        try {
          resolve(exchange.respond(answer));
        } catch (error) {
          reject(error);
          request.destroy();
        }
      });
      request.end(body);
    });
  };

  /** Closes the connections that wait for reuse, and keeps no more. Requests under way go on. */
  close(): void {
    for (const agent of Object.values(this.#agents)) {
      agent.maxFreeSockets = 0;
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
  }
}

/** One request and its answer: watches the clock, the bytes and the signal until the last byte. */
class Exchange {
  readonly #request: http.ClientRequest;
  readonly #options: HttpFetchOptions;
  readonly #timer: NodeJS.Timeout;
  #answer: http.IncomingMessage | undefined;
  #receivedBytes = 0;

  constructor(request: http.ClientRequest, options: HttpFetchOptions, signal: AbortSignal | undefined) {
    this.#request = request;
    this.#options = options;
    this.#timer = setTimeout(() => this.#onSilence(), options.idleTimeoutMs);
    const onAbort = (): void => this.#break(asError(signal?.reason));
    signal?.addEventListener("abort", onAbort);
    request.on("close", () => {
      clearTimeout(this.#timer);
      signal?.removeEventListener("abort", onAbort);
    });
  }

  respond(answer: http.IncomingMessage): Response {
    this.#answer = answer;
    this.#timer.refresh();
    const headers = new Headers();
    for (const [name, values] of Object.entries(answer.headersDistinct)) {
      for (const value of values ?? []) headers.append(name, value);
    }
    const status = answer.statusCode ?? 0;
    const head = { status, statusText: answer.statusMessage ?? "", headers };
    if (!withoutBody.has(status)) return new Response(this.#body(answer), head);
    answer.resume();
    return new Response(null, head);
  }

  #body(answer: http.IncomingMessage): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        answer.on("data", (chunk: Buffer) => {
          this.#receivedBytes += chunk.length;
          if (this.#receivedBytes > this.#options.maxBytes) {
            this.#break(new AnswerTooLongError(this.#options.maxBytes));
            return;
          }
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) answer.pause();
        });
        answer.on("end", () => controller.close());
        answer.on("error", (error) => controller.error(error));
      },
      pull: () => {
        this.#timer.refresh();
        answer.resume();
      },
      cancel: () => {
        answer.destroy();
      },
    });
  }

  #onSilence(): void {
    // While the reader makes the server wait, the silence is ours.
    if (this.#answer?.isPaused()) this.#timer.refresh();
    else this.#break(new SilenceError(this.#options.idleTimeoutMs));
  }

  /** Destroying the request would hide the error from a reader of the answer. */
  #break(error: Error): void {
    (this.#answer ?? this.#request).destroy(error);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException(String(reason), "AbortError");
}
