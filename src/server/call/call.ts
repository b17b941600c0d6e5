/** One RPC while it is being served: who sent it, what came of it, and its end. */

import type { DescMethod } from "@bufbuild/protobuf";
import {
  type Code,
  type ConnectError,
  type ContextKey,
  type ContextValues,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from "@connectrpc/connect";
import { callerGone, type ErrorTranslator } from "../failures.ts";
import type { HeaderSet } from "../guard/origin-guard.ts";
import type { Connection } from "../port/connections.ts";
import type { NodeRequest, NodeResponse } from "../port/request-listener.ts";
import { pacedWrite } from "./paced-write.ts";

/** What a Call is made from. */
export interface CallParts {
  readonly method: DescMethod;
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly connection: Connection;
  /** Headers every answer to this request carries. */
  readonly baseHeaders: HeaderSet;
  readonly startMs: number;
}

/** What a call tells of itself, and how its errors are told. */
export interface CallHooks {
  readonly errors: ErrorTranslator;
  /** Called once, when the call has ended. */
  onEnd(call: Call): void;
}

/**
 * One RPC in flight. It ends once: when its response was handed to the connection or the connection was lost.
 */
export class Call implements CallParts {
  readonly method: DescMethod;
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly connection: Connection;
  readonly baseHeaders: HeaderSet;
  readonly startMs: number;
  readonly values: ContextValues;
  readonly #abort = new AbortController();
  readonly #hooks: CallHooks;
  /** Who calls; empty until the gate knows. */
  principal = "";
  /** True while the call holds a slot for an open stream. */
  holdsSlot = false;
  /** True when the request, body included, has arrived. */
  bodyComplete = false;
  /** True when something else answers this call: what its handler returns is dropped. */
  superseded = false;
  /** True when long messages of its answer are compressed. */
  compresses = false;
  responseBytes = 0;
  #error: ConnectError | undefined;
  #cutOff: ConnectError | undefined;
  #stopListening: () => void = () => {};
  #ended = false;

  constructor(parts: CallParts, hooks: CallHooks) {
    this.method = parts.method;
    this.request = parts.request;
    this.response = parts.response;
    this.connection = parts.connection;
    this.baseHeaders = parts.baseHeaders;
    this.startMs = parts.startMs;
    this.values = createContextValues().set(callKey, this);
    this.#hooks = hooks;
    parts.connection.openCalls += 1;
    parts.response.once("close", () => this.#close());
  }

  /** Aborted when the caller goes away or the server ends the call. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** True when no more can be sent. */
  get ended(): boolean {
    return this.#ended;
  }

  get isStream(): boolean {
    return this.method.methodKind !== "unary";
  }

  /** What its caller is told instead of anything more; undefined while the call may go on. */
  get cutOff(): ConnectError | undefined {
    return this.#cutOff;
  }

  /** The code the call ended with so far; 0 is OK. */
  get code(): Code | 0 {
    return this.#error?.code ?? 0;
  }

  /** Asks the handler to stop, with the error the caller is to get. */
  abort(error: ConnectError): void {
    if (!this.#abort.signal.aborted) this.#abort.abort(error);
  }

  /**
   * Cuts the call off when the signal fires, with the Failure that is its reason: not one more message is sent. A caller that
   * does not read, and so cannot be told, is disconnected soon after.
   */
  endOn(signal: AbortSignal): void {
    const cut = (): void => {
      this.#cutOff = this.translate(signal.reason);
      this.abort(this.#cutOff);
      setTimeout(() => this.#hangUp(), farewellMs).unref();
    };
    signal.addEventListener("abort", cut, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", cut);
  }

  /**
   * Sees every error of the call before the library writes it to the wire, to complete it: the library ends each call by
   * this method of its context, with the error object it is about to send.
   */
  watch(context: HandlerContext & { abort?(reason?: unknown): void }): void {
    const abort = context.abort;
    if (abort === undefined) throw new Error("the contexts of @connectrpc/connect have changed; see Call.watch");
    context.abort = (reason) => {
      if (reason !== undefined) this.#error = this.translate(reason);
      abort(reason ?? finished);
    };
  }

  /** What its caller is told about something thrown. */
  translate(thrown: unknown): ConnectError {
    return this.#hooks.errors.translate(thrown);
  }

  /** Says what the call failed with, when its handler never got to. */
  failWith(error: ConnectError): void {
    this.#error = error;
  }

  /** Sends bytes of an answer that has begun; resolves when there is room for more. What nobody hears any more is dropped. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#ended || this.superseded) return;
    this.responseBytes += bytes.byteLength;
    await pacedWrite(this.response, bytes);
  }

  /** The response is complete, or never will be. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopListening();
    this.connection.openCalls -= 1;
    this.#hooks.onEnd(this);
  }

  #hangUp(): void {
    if (!this.#ended) this.response.destroy();
  }

  #close(): void {
    if (this.#ended) return;
    const gone = callerGone();
    this.#error = gone;
    this.end();
    this.abort(gone);
  }
}

/** How long a caller gets to read why it was cut off. */
const farewellMs = 1_000;

/** Why the signal of a call fires that went well; made once, because making one takes a tenth of a short call's time. */
const finished = new DOMException("the call has ended", "AbortError");

/** Key under which the gate finds the call in the values of its context. */
export const callKey: ContextKey<Call | undefined> = createContextKey<Call | undefined>(undefined, {
  description: "call",
});
