/** A transport that authenticates, always ends, and repeats calls that may be repeated. */

import { clone, create, type DescMessage, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { backoffMs } from "../lib/backoff.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { sleep } from "../lib/sleep.ts";
import { type GatewayError, gatewayErrorFrom } from "./gateway-error.ts";

/** How calls are made. */
export interface CallPolicy {
  /** Longest time of a unary call with all its tries, and of opening a stream, in ms; 0 is for ever. */
  readonly timeoutMs: number;
  /** Value of the Authorization header; undefined sends none. */
  readonly authorization: string | undefined;
  /** False ends the tries of a call that could be made again. Default: always true. */
  readonly worthRetrying?: ((error: GatewayError) => boolean) | undefined;
  readonly clock?: Clock;
}

type Unary = Transport["unary"];
type Stream = Transport["stream"];

/** Waits between tries when the gateway does not say how long. */
export const retryBackoff = { baseMs: 100, capMs: 5_000, jitter: 0.3 };

/** A timer that is set to as much rings at once. */
const timerEndMs = 2 ** 31;

/**
 * Wraps a transport. A unary call whose method is declared NO_SIDE_EFFECTS or IDEMPOTENT is tried again on UNAVAILABLE and
 * when the connection breaks, until the timeout; nothing else is. An empty `request_id` gets a UUID before the first try,
 * so that every try is the same request. Streams are not retried: see `followRun` and `followEvents`.
 */
export function retryingTransport(inner: Transport, policy: CallPolicy): Transport {
  const unary: Unary = async (method, signal, timeoutMs, header, input, contextValues) => {
    const message = withRequestId(method.input, input);
    const headers = authorized(header, policy.authorization);
    const repeatable = method.idempotency !== undefined && method.idempotency !== Idempotency.IDEMPOTENCY_UNKNOWN;
    return untilDone({
      attempt: (remainingMs) => inner.unary(method, signal, remainingMs, headers, message, contextValues),
      timeoutMs: timeoutMs ?? policy.timeoutMs,
      mayRepeat: (error) => repeatable && !signal?.aborted && (policy.worthRetrying?.(error) ?? true),
      signal,
      clock: policy.clock ?? systemClock,
    });
  };
  const stream: Stream = async (method, signal, timeoutMs, header, input, contextValues) => {
    const opening = new AbortController();
    const late = new ConnectError(`no answer within ${policy.timeoutMs} ms`, Code.DeadlineExceeded);
    const isTimed = policy.timeoutMs > 0 && policy.timeoutMs < timerEndMs;
    const timer = isTimed ? setTimeout(() => opening.abort(late), policy.timeoutMs) : undefined;
    const either = signal ? AbortSignal.any([signal, opening.signal]) : opening.signal;
    try {
      return await inner.stream(
        method,
        either,
        timeoutMs,
        authorized(header, policy.authorization),
        input,
        contextValues,
      );
    } finally {
      clearTimeout(timer);
    }
  };
  return { unary, stream };
}

interface Call<T> {
  readonly attempt: (remainingMs: number) => Promise<T>;
  readonly timeoutMs: number;
  readonly mayRepeat: (error: GatewayError) => boolean;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

async function untilDone<T>(call: Call<T>): Promise<T> {
  const deadlineMs = call.timeoutMs > 0 ? call.clock.nowMs() + call.timeoutMs : Number.POSITIVE_INFINITY;
  for (let failures = 1; ; failures += 1) {
    const remainingMs = deadlineMs - call.clock.nowMs();
    try {
      // Connect takes a timeout of zero for "none".
      return await call.attempt(remainingMs < timerEndMs ? Math.max(1, remainingMs) : 0);
    } catch (thrown) {
      const error = gatewayErrorFrom(thrown);
      if (error.code !== Code.Unavailable || !call.mayRepeat(error)) throw thrown;
      const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(failures, retryBackoff));
      if (call.clock.nowMs() + waitMs >= deadlineMs) throw thrown;
      await pause(waitMs, call.signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, signal ?? new AbortController().signal);
  } catch (reason) {
    throw ConnectError.from(reason, Code.Canceled);
  }
}

/** A copy when it has to be filled in: the caller's object may be sent again as another request. */
function withRequestId<I extends DescMessage>(input: I, init: MessageInitShape<I>): MessageShape<I> {
  const message = create(input, init);
  const field = input.field.requestId;
  if (field?.fieldKind !== "scalar") return message;
  const filled = clone(input, message) as MessageShape<I> & { requestId?: unknown };
  if (filled.requestId === "") filled.requestId = newRequestId();
  return filled;
}

function authorized(header: HeadersInit | undefined, authorization: string | undefined): Headers {
  const headers = new Headers(header);
  if (authorization !== undefined && !headers.has("authorization")) headers.set("authorization", authorization);
  return headers;
}

/** A random UUID (RFC 9562, version 4). `crypto.randomUUID` is missing on pages that came over plain HTTP. */
function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
