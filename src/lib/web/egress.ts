/**
 * Requests to addresses somebody else chose. Where they lead is checked on the very addresses that are connected to, after
 * names were resolved and on every redirect, so that nobody reaches the private network or a machine's metadata with them.
 */

import { lookup as resolveName } from "node:dns";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { connect, isIP, type LookupFunction } from "node:net";
import { addressClass } from "./address-class.ts";

/** Redirects that are followed. */
const maxRedirects = 3;

/** Where requests may lead. Metadata services are refused always. */
export interface EgressRule {
  readonly allowPrivate: boolean;
}

/** What is sent. */
export interface EgressRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What is read of an answer's body at most, in bytes; the rest is left. */
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
}

/** What was answered. */
export interface EgressAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** The request may not go there; nothing was sent. */
export class EgressRefusedError extends Error {
  override readonly name = "EgressRefusedError";
}

/** There was no answer. */
export class EgressFailedError extends Error {
  override readonly name = "EgressFailedError";
  /** False when the request provably never left. */
  readonly sent: boolean;

  constructor(message: string, { sent, cause }: { readonly sent: boolean; readonly cause: unknown }) {
    super(message, { cause });
    this.sent = sent;
  }
}

/**
 * Sends a request over a connection of its own and resolves with the answer. 307 and 308 are followed, other redirects are
 * answers. Rejects with EgressRefusedError or EgressFailedError.
 */
export async function sendOut(url: URL, request: EgressRequest, rule: EgressRule): Promise<EgressAnswer> {
  let target = url;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await sendOnce(target, request, rule);
    const { location } = answer.headers;
    if ((answer.status !== 307 && answer.status !== 308) || location === undefined) return answer;
    if (redirects === maxRedirects) throw new EgressRefusedError(`more than ${maxRedirects} redirects`);
    target = redirected(location, target);
  }
}

/** Resolves when something listens there. Rejects as `sendOut` does. */
export async function reach(url: URL, rule: EgressRule, signal: AbortSignal): Promise<void> {
  checkUrl(url, rule);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const socket = connect({ host: bareHost(url), port, lookup: checkedLookup(rule), signal }, resolve);
  socket.on("error", (error) => reject(failure(error, false)));
  try {
    await promise;
  } finally {
    socket.destroy();
  }
}

async function sendOnce(url: URL, request: EgressRequest, rule: EgressRule): Promise<EgressAnswer> {
  checkUrl(url, rule);
  const { method, headers, body, signal, maxAnswerBytes } = request;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const tls = url.protocol === "https:";
  const length = { "content-length": String(body.length) };
  const options = {
    method,
    headers: { ...headers, ...length },
    lookup: checkedLookup(rule),
    agent: false as const,
    signal,
  };
  const outgoing = tls ? requestTls(url, options, resolve) : requestPlain(url, options, resolve);
  let sent = false;
  outgoing.on("socket", (socket) => {
    socket.once(tls ? "secureConnect" : "connect", () => {
      sent = true;
    });
  });
  outgoing.on("error", (error) => reject(failure(error, sent)));
  outgoing.end(body);
  const answer = await promise;
  // What was answered counts, whatever becomes of the words behind it.
  return {
    status: answer.statusCode ?? 0,
    headers: firstOf(answer.headers),
    body: await readSome(answer, maxAnswerBytes),
  };
}

/** Addresses in the URL itself are never looked up. */
function checkUrl(url: URL, rule: EgressRule): void {
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new EgressRefusedError("only http and https are used");
  const host = bareHost(url);
  if (isIP(host) !== 0) checkAddress(host, rule);
}

function checkAddress(address: string, { allowPrivate }: EgressRule): void {
  const found = addressClass(address);
  if (found === "public" || (found === "private" && allowPrivate)) return;
  throw new EgressRefusedError(`${address} is ${found === "private" ? "no public address" : "a metadata service"}`);
}

/** A name one of whose addresses is forbidden is refused whole: which one would be used is chance. */
function checkedLookup(rule: EgressRule): LookupFunction {
  return (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return void done(error, "");
      try {
        for (const { address } of addresses) checkAddress(address, rule);
      } catch (refused) {
        return void done(refused as Error, "");
      }
      const [first] = addresses;
      if (options.all || first === undefined) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

function redirected(location: string, from: URL): URL {
  const target = URL.parse(location, from);
  if (target === null) throw new EgressRefusedError("a redirect leads nowhere");
  if (from.protocol === "https:" && target.protocol !== "https:") {
    throw new EgressRefusedError("a redirect leads to an address that is not encrypted");
  }
  return target;
}

async function readSome(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    return Buffer.alloc(0);
  }
  return size > maxBytes ? Buffer.alloc(0) : Buffer.concat(chunks);
}

function firstOf(headers: IncomingMessage["headers"]): EgressAnswer["headers"] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

function failure(error: unknown, sent: boolean): Error {
  if (error instanceof EgressRefusedError) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  return new EgressFailedError(message || code || "the connection broke", { sent, cause: error });
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
