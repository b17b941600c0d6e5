/**
 * Request bodies as the protocol library reads them, without its two surprises: reading stops at a bound, and stopping
 * early does not destroy the connection, so the caller gets the answer.
 */

import { tooLarge } from "../door-failures.ts";
import { callerGone } from "../failures.ts";
import type { NodeRequest } from "../port/request-listener.ts";
import type { Call } from "./call.ts";
import { protocolOf } from "./protocol.ts";

/** Flag and length before every message of a stream. */
const envelopeBytes = 5;

/**
 * The body of the call's request, read when it is asked for. Where the method takes one message it comes in one piece and
 * fails with TOO_LARGE beyond `messageBytes`; where it takes many, each is bounded by the library.
 */
export function requestBody(call: Call, messageBytes: number): AsyncIterable<Uint8Array> {
  const { methodKind } = call.method;
  if (methodKind === "client_streaming" || methodKind === "bidi_streaming") return chunksOf(call);
  const enveloped = methodKind !== "unary" || protocolOf(call.request.headers["content-type"]) !== "connect";
  return new WholeBody(call, enveloped ? messageBytes + envelopeBytes : messageBytes);
}

/** A body that is collected before it is handed on. */
class WholeBody implements AsyncIterableIterator<Uint8Array> {
  readonly #call: Call;
  readonly #limitBytes: number;
  #asked = false;

  constructor(call: Call, limitBytes: number) {
    this.#call = call;
    this.#limitBytes = limitBytes;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#asked) return Promise.resolve({ done: true, value: undefined });
    this.#asked = true;
    return new Promise((resolve, reject) => this.#collect(resolve, reject));
  }

  #collect(resolve: (result: IteratorResult<Uint8Array>) => void, reject: (error: Error) => void): void {
    const call = this.#call;
    const { request } = call;
    const limitBytes = this.#limitBytes;
    if (call.ended || Number(request.headers["content-length"]) > limitBytes) {
      reject(call.ended ? callerGone() : call.translate(tooLarge(limitBytes)));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", onData);
    request.once("end", onEnd);
    request.once("error", onGone);
    request.once("close", onGone);

    function onData(chunk: Buffer): void {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= limitBytes) return;
      stop();
      discard(request);
      reject(call.translate(tooLarge(limitBytes)));
    }

    function onEnd(): void {
      stop();
      call.bodyComplete = true;
      const [first] = chunks;
      resolve({ done: false, value: chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size) });
    }

    function onGone(): void {
      stop();
      reject(callerGone());
    }

    function stop(): void {
      request.off("data", onData);
      request.off("end", onEnd);
      request.off("error", onGone);
      request.off("close", onGone);
    }
  }
}

async function* chunksOf(call: Call): AsyncGenerator<Uint8Array> {
  try {
    yield* call.request.iterator({ destroyOnReturn: false });
    call.bodyComplete = true;
  } catch {
    throw callerGone();
  }
}

/** Lets the rest of a body arrive and forgets it, so that the caller gets to read the answer. */
export function discard(request: NodeRequest): void {
  request.on("error", () => {});
  request.resume();
}
