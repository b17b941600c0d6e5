/** Answers to RPCs that reach no handler, in the protocol of their caller. */

import { type ContextKey, createConnectRouter, createContextKey } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { type Failure, reasonName } from "../core/errors.ts";
import type { Log } from "../lib/log.ts";
import { Call, type CallParts } from "./call/call.ts";
import { writeResponse } from "./call/response-writer.ts";
import { universalRequest } from "./call/universal-request.ts";
import { policyMissing } from "./door-failures.ts";
import type { ErrorTranslator } from "./failures.ts";
import { routerOptions } from "./rpc-routes.ts";

const failureKey: ContextKey<Failure> = createContextKey(policyMissing("this"), { description: "refusal" });

/** What Refusals needs. */
export interface RefusalsOptions {
  readonly messageBytes: number;
  readonly errors: ErrorTranslator;
  readonly log: Log;
}

/**
 * Refuses requests with a failure. The protocol library encodes it: the request is given to a method whose gate is shut, so
 * neither the method's handler nor the request's body is ever reached.
 */
export class Refusals {
  readonly #unary: UniversalHandler;
  readonly #stream: UniversalHandler;
  readonly #messageBytes: number;
  readonly #errors: ErrorTranslator;
  readonly #log: Log;

  constructor({ messageBytes, errors, log }: RefusalsOptions) {
    const gate = (context: { readonly values: { get(key: typeof failureKey): Failure } }): never => {
      throw errors.translate(context.values.get(failureKey));
    };
    const router = createConnectRouter(routerOptions({ gate, messageBytes }));
    router.rpc(GatewayService.method.getGateway, () => ({}));
    router.rpc(EventService.method.watchEvents, async function* () {});
    const [unary, stream] = router.handlers;
    if (unary === undefined || stream === undefined) throw new Error("the router made no handlers");
    this.#unary = unary;
    this.#stream = stream;
    this.#messageBytes = messageBytes;
    this.#errors = errors;
    this.#log = log;
  }

  /** Refuses an RPC that no method was found for. */
  refuse(parts: Omit<CallParts, "method">, failure: Failure): Promise<void> {
    const { request, connection } = parts;
    const path = (request.url ?? "").split("?", 1)[0]?.slice(0, 200);
    this.#log.debug({ path, http: connection.protocol, reason: reasonName(failure.reason) }, "call refused");
    return this.#answer(parts, failure);
  }

  /** Answers in place of a call's handler, which is asked to stop. Does nothing when the answer has begun. */
  async supersede(call: Call, failure: Failure): Promise<void> {
    const error = this.#errors.translate(failure);
    if (!call.response.headersSent) {
      call.superseded = true;
      call.failWith(error);
      await this.#answer(call, failure);
    }
    call.abort(error);
    call.end();
  }

  async #answer(parts: Omit<CallParts, "method">, failure: Failure): Promise<void> {
    const contentType = parts.request.headers["content-type"] ?? "";
    const handler = contentType.startsWith("application/connect+") ? this.#stream : this.#unary;
    const refusal = new Call({ ...partsOf(parts), method: handler.method }, { errors: this.#errors, onEnd: () => {} });
    refusal.values.set(failureKey, failure);
    const answer = await handler(universalRequest(refusal, this.#messageBytes));
    // The Connect protocol wants an unknown path to look like one to whatever stands between.
    const status = answer.status === 501 ? 404 : answer.status;
    await writeResponse(refusal, { ...answer, status });
    refusal.end();
  }
}

/** The parts alone, when they come from a call. */
function partsOf({ request, response, connection, baseHeaders, startMs }: Omit<CallParts, "method">) {
  return { request, response, connection, baseHeaders, startMs };
}
