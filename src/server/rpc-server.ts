/** Serves RPCs: from a request whose Host and Origin are good to the end of its response. */

import type { Registry } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { type Failure, unavailable } from "../core/errors.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { AccessLog } from "./call/access-log.ts";
import { Call, type CallHooks, type CallParts } from "./call/call.ts";
import type { CallListener } from "./call/ended-call.ts";
import { OpenCalls } from "./call/open-calls.ts";
import { answerBy } from "./call/response-writer.ts";
import { type ErrorTranslator, GatewayErrors } from "./failures.ts";
import { Refusals } from "./refusals.ts";
import { RpcRoutes } from "./rpc-routes.ts";
import type { ServerLimits } from "./server-options.ts";

/** Lets calls in, and hears of their end. */
export interface CallGate {
  /** Throws a ConnectError to refuse the call. */
  check(context: HandlerContext): void;
  /** Called once for every call, admitted or not. */
  release(call: Call): void;
}

/** What an RpcServer needs. */
export interface RpcServerOptions {
  /** Registers the services. */
  readonly routes: (router: ConnectRouter) => void;
  readonly gate: CallGate;
  readonly limits: ServerLimits;
  readonly log: Log;
  readonly clock: Clock;
  /** How errors are told; by default as toConnectError does. */
  readonly errors?: ErrorTranslator;
  /** As in RpcRoutesOptions. */
  readonly anyTypes?: Registry;
  /** Hears of every call that ends. */
  readonly onCall?: CallListener;
}

/** An RPC as it arrives; its method is found by its path. */
export type RpcParts = Omit<CallParts, "method" | "startMs">;

/** How long open streams get to tell their callers that the server stops. */
const farewellMs = 100;

/** Finds handlers, runs them, and ends what takes too long. */
export class RpcServer {
  readonly #routes: RpcRoutes;
  readonly #refusals: Refusals;
  readonly #calls: OpenCalls;
  readonly #gate: CallGate;
  readonly #accessLog: AccessLog;
  readonly #messageBytes: number;
  readonly #errors: ErrorTranslator;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #hooks: CallHooks;

  constructor({ routes, gate, limits, log, clock, ...options }: RpcServerOptions) {
    const { messageBytes } = limits.sizes;
    const errors = options.errors ?? new GatewayErrors(log);
    this.#messageBytes = messageBytes;
    this.#errors = errors;
    this.#routes = new RpcRoutes({ routes, gate: gate.check, errors, messageBytes, anyTypes: options.anyTypes });
    this.#refusals = new Refusals({ messageBytes, errors, log });
    this.#calls = new OpenCalls({
      times: limits.times,
      clock,
      onOverdue: (call, failure) => this.#supersede(call, failure),
    });
    this.#gate = gate;
    this.#accessLog = new AccessLog(log, clock, options.onCall);
    this.#log = log;
    this.#clock = clock;
    this.#hooks = { errors, onEnd: (call) => this.#ended(call) };
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.#calls.streams;
  }

  /** The handler of "/package.Service/Method". */
  find(path: string): UniversalHandler | undefined {
    return this.#routes.find(path);
  }

  /** Serves one RPC with its handler. */
  serve(parts: RpcParts, handler: UniversalHandler): void {
    const { method } = handler;
    const { request, response, connection, baseHeaders } = parts;
    const startMs = this.#clock.nowMs();
    const call = new Call({ method, request, response, connection, baseHeaders, startMs }, this.#hooks);
    connection.userAgent = request.headers["user-agent"] ?? "";
    this.#calls.add(call);
    void this.#run(call, handler);
  }

  /** Refuses a request that was meant as an RPC, in its protocol. */
  refuse(parts: RpcParts, failure: Failure): void {
    this.#refusals.refuse({ ...parts, startMs: this.#clock.nowMs() }, failure).catch((error: unknown) => {
      this.#log.debug({ error }, "a refusal could not be sent");
      parts.response.destroy();
    });
  }

  /** Ends every open stream with UNAVAILABLE/DRAINING; resolves when their callers were told, or soon after. */
  async endStreams(): Promise<void> {
    this.#calls.abortStreams(() => this.#errors.translate(unavailable("draining")));
    await this.#calls.streamsEnded(farewellMs);
  }

  /**
   * Ends every open stream and lets the other calls be answered, for at most `graceMs`. What is left then is told to come
   * back, or cut off when even that cannot be sent: nothing of this server is at work afterwards.
   */
  async retire(graceMs: number): Promise<void> {
    await this.endStreams();
    for (const call of await this.#calls.allEnded(graceMs)) {
      if (call.isStream) call.response.destroy();
      else this.#supersede(call, unavailable("draining"));
    }
  }

  #supersede(call: Call, failure: Failure): void {
    this.#refusals.supersede(call, failure).catch((error: unknown) => this.#breakOff(call, error));
  }

  #ended(call: Call): void {
    this.#calls.delete(call);
    this.#gate.release(call);
    this.#accessLog.write(call);
  }

  async #run(call: Call, handler: UniversalHandler): Promise<void> {
    try {
      await answerBy(handler, call, this.#messageBytes);
      if (!call.superseded) call.end();
    } catch (error) {
      this.#breakOff(call, error);
    }
  }

  /** What is left when no proper answer can be given: an abrupt end. Usually nobody is there to see it. */
  #breakOff(call: Call, error: unknown): void {
    if (call.ended) return;
    this.#log.warn({ error, method: call.method.name }, "a call was broken off");
    call.failWith(this.#errors.translate(error));
    call.response.destroy();
    call.end();
  }
}
