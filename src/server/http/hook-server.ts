/** Hands requests of networks to the connections that answer them: bounded in size, time and wrong signatures. */

import type { HookHandler, HookRequest, HookResponse } from "../../core/channel/http-hooks.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { stopSender } from "../call/response-writer.ts";
import { Lockout, type LockoutRule } from "../guard/lockout.ts";
import type { NodeRequest } from "../port/request-listener.ts";
import type { RpcParts } from "../rpc-server.ts";

/** Largest request, in bytes. */
const maxBytes = 1_048_576;

/** Longest a request may take, in ms: networks give up and send it again before that. */
const limitMs = 30_000;

/** The reference system's: 20 wrong credentials in a minute, then a minute none; not configurable, loopback counts. */
const hookLockout: LockoutRule = { tries: 20, windowMs: 60_000, lockMs: 60_000, maxSources: 10_000 };

/** What a HookServer needs. */
export interface HookServerOptions {
  readonly hooks: { find(path: string): HookHandler | undefined };
  readonly clock: Clock;
  readonly log: Log;
  /** How long a request may take to arrive, in ms: over HTTP/2 nobody else looks after that. */
  readonly requestMs: number;
}

/** See the file's first line. */
export class HookServer {
  readonly #options: HookServerOptions;
  readonly #lockout: Lockout;

  constructor(options: HookServerOptions) {
    this.#options = options;
    this.#lockout = new Lockout(options.clock, hookLockout);
  }

  /** Who answers at this path. */
  find(path: string): HookHandler | undefined {
    return this.#options.hooks.find(path);
  }

  /** Answers the request. Never fails. */
  async serve(parts: RpcParts, handler: HookHandler): Promise<void> {
    try {
      send(parts, await this.#answer(parts, handler));
    } catch (error) {
      const { log } = this.#options;
      const path = parts.request.url;
      if (error instanceof Unreadable) send(parts, { status: error.status, body: `${error.message}\n` });
      else if (error instanceof BrokenOff) log.debug({ path }, "a request of a network broke off");
      else {
        // Not acknowledged: the network sends it again.
        log.error({ err: error, path }, "a request of a network could not be handled");
        send(parts, { status: 503, body: "it could not be kept; send it again\n" });
      }
    }
  }

  async #answer({ request, connection }: RpcParts, handler: HookHandler): Promise<HookResponse> {
    if (request.method !== "POST") return { status: 405, body: "use POST\n" };
    const source = connection.bucket;
    if (this.#lockout.remainingMs(source) > 0)
      return { status: 429, body: "too many wrong signatures; come back later\n" };
    const { requestMs } = this.#options;
    const tooSlow = new Unreadable(408, `it took longer than ${requestMs} ms to arrive`);
    const body = await within(readBody(request), requestMs, tooSlow);
    const given = { url: request.url ?? "", headers: headersOf(request), body };
    const answer = await within(handler(given), limitMs, new Error(`it took longer than ${limitMs} ms`));
    if (answer.status === 401 && this.#lockout.recordFailure(source)) {
      this.#options.log.warn({ source, path: given.url }, "locked out after too many wrong signatures");
    }
    return answer;
  }
}

/** Too large, or too slow; `status` is HTTP's for that. */
class Unreadable extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Its sender went away before it was whole. */
class BrokenOff extends Error {}

async function readBody(request: NodeRequest): Promise<Uint8Array> {
  const tooLarge = new Unreadable(413, `at most ${maxBytes} bytes`);
  if (Number(request.headers["content-length"]) > maxBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge;
      chunks.push(chunk);
    }
  } catch (error) {
    throw error === tooLarge ? error : new BrokenOff("the sender went away", { cause: error });
  }
  return Buffer.concat(chunks);
}

function headersOf(request: NodeRequest): HookRequest["headers"] {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined && !name.startsWith(":")) found[name.toLowerCase()] = first;
  }
  return found;
}

async function within<T>(work: Promise<T>, timeoutMs: number, late: Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

function send(parts: RpcParts, { status, body = "", contentType = "text/plain; charset=utf-8" }: HookResponse): void {
  const { response, baseHeaders } = parts;
  if (response.destroyed || response.headersSent) return;
  response.statusCode = status;
  const headers = { ...baseHeaders, "content-type": contentType, "content-length": String(Buffer.byteLength(body)) };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
  stopSender(parts);
}
