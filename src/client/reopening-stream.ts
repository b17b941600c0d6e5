/** A server stream that is opened again whenever it breaks, falls silent, or ends before its reader has what it wants. */

import { Code, ConnectError } from "@connectrpc/connect";
import { backoffMs } from "../lib/backoff.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { sleep } from "../lib/sleep.ts";
import { type GatewayError, gatewayErrorFrom } from "./gateway-error.ts";
import { retryBackoff } from "./retrying-transport.ts";

/** How long a follower waits before it loses faith. */
export interface FollowOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Silence after which a stream counts as broken, in ms: more than two heartbeats; Infinity waits. Default 35 000. */
  readonly silenceMs?: number | undefined;
  /** How long to go on without a word from the gateway, in ms; Infinity goes on for ever. Default 60 000. */
  readonly patienceMs?: number | undefined;
  /** Asked before a stream is opened again: false throws what went wrong. Default: always true. */
  readonly worthReopening?: ((error: GatewayError) => boolean) | undefined;
  readonly clock?: Clock;
}

/**
 * Yields the frames of one stream after the other; never ends by itself. `open` is asked for a new stream each time and says
 * in its request where to go on; a frame the reader took in counts as delivered, so the reader keeps that place.
 * Throws a GatewayError when the gateway refuses, or when there was no frame for `patienceMs`.
 */
export async function* reopeningStream<Frame>(
  open: (signal: AbortSignal) => AsyncIterable<Frame>,
  options: FollowOptions,
): AsyncGenerator<Frame, void, undefined> {
  const { silenceMs = 35_000, patienceMs = 60_000, clock = systemClock, signal } = options;
  let heardMs = clock.nowMs();
  let failures = 0;
  let heard = false;
  while (!signal?.aborted) {
    let trouble = gatewayErrorFrom(new ConnectError("the stream ended", Code.Unavailable));
    try {
      for await (const frame of watched(open, silenceMs, signal)) {
        yield frame;
        // The time the reader took is not the gateway's silence.
        heardMs = clock.nowMs();
        failures = 0;
        heard = true;
      }
    } catch (thrown) {
      if (signal?.aborted) return;
      trouble = gatewayErrorFrom(thrown);
    }
    if (!mayPass(trouble, heard) || options.worthReopening?.(trouble) === false) throw trouble;
    if (clock.nowMs() - heardMs >= patienceMs) throw trouble;
    failures += 1;
    if (!(await waited(Math.max(trouble.retryAfterMs ?? 0, backoffMs(failures, retryBackoff)), signal))) return;
  }
}

/** The frames of one stream, which is closed when the reader leaves and given up after `silenceMs` without a frame. */
async function* watched<Frame>(
  open: (signal: AbortSignal) => AsyncIterable<Frame>,
  silenceMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame, void, undefined> {
  const closing = new AbortController();
  const either = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
  const silent = new ConnectError(`nothing heard for ${silenceMs} ms`, Code.Unavailable);
  try {
    const frames = open(either)[Symbol.asyncIterator]();
    for (;;) {
      const timer = Number.isFinite(silenceMs) ? setTimeout(() => closing.abort(silent), silenceMs) : undefined;
      const next = await frames.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Connect's streams do not listen to `return`: only the signal closes them.
    closing.abort();
  }
}

/**
 * Whether another try makes sense. DEADLINE_EXCEEDED is a stream that could not be opened in time. A reader that was cut off
 * may be refused a new stream until the gateway has noticed that the old one is gone.
 */
function mayPass(error: GatewayError, heard: boolean): boolean {
  if (error.code === Code.Unavailable || error.code === Code.DeadlineExceeded) return true;
  return heard && error.reason === "TOO_MANY_STREAMS";
}

async function waited(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await sleep(ms, signal ?? new AbortController().signal);
    return true;
  } catch {
    return false;
  }
}
