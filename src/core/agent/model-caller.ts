/** Calls a model until it answers: tries again, falls back to the next model, waits when all are overloaded. */

import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { backoffMs } from "../../lib/backoff.ts";
import type { Log } from "../../lib/log.ts";
import { sleep } from "../../lib/sleep.ts";
import { untilAborted } from "../../lib/until-aborted.ts";
import type { RetrySettings } from "../core-settings.ts";
import { Failure, reasonName } from "../errors.ts";
import type { ActiveRun } from "../run/live/active-run.ts";
import { noTracer, type Tracer } from "../telemetry/tracer.ts";
import type { Model, ModelCatalog, ModelReader, ModelRequest } from "./model.ts";
import { type Answer, AnswerBuilder } from "./model-answer.ts";

/** One question to whichever model of the chain answers. */
export interface ModelCall {
  readonly active: Pick<ActiveRun, "record" | "live" | "signal" | "touch">;
  /** "provider/model", in the order they are tried. At least one. */
  readonly chain: readonly string[];
  /** The request for a model that reads this many tokens (0: unknown), and takes images or not. */
  readonly request: (reader: ModelReader) => Promise<ModelRequest>;
  /** Tool calls of the run so far; asked for when the model calls a tool. */
  readonly callIds: () => Iterable<string>;
}

/** What a ModelCaller is built from. */
export interface ModelCallerOptions {
  readonly catalog: ModelCatalog;
  readonly retry: RetrySettings;
  readonly log: Log;
  readonly tracer?: Tracer;
}

const jitter = 0.1;

/** Calls models. */
export class ModelCaller {
  readonly #catalog: ModelCatalog;
  readonly #retry: RetrySettings;
  readonly #log: Log;
  readonly #tracer: Tracer;

  constructor({ catalog, retry, log, tracer = noTracer }: ModelCallerOptions) {
    this.#catalog = catalog;
    this.#retry = retry;
    this.#log = log;
    this.#tracer = tracer;
  }

  /** The answer of the first model that gives one. Fails as the first model of the chain failed. */
  async call(call: ModelCall): Promise<Answer> {
    for (let round = 1; ; round++) {
      const failures: Failure[] = [];
      for (const reference of call.chain) {
        const answer = await this.#tryModel(call, reference);
        if (!(answer instanceof Failure)) return answer;
        failures.push(answer);
        if (answer.reason === ErrorReason.CONTEXT_FULL) break;
      }
      const overloaded = failures.every((failure) => failure.reason === ErrorReason.MODEL_OVERLOADED);
      if (!overloaded || round > this.#retry.overloadRounds) throw failures[0];
      const waitMs = backoffMs(round, { baseMs: this.#retry.overloadBaseMs, capMs: this.#retry.capMs, jitter });
      await this.#wait(call, waitMs, { round, reason: "every model is overloaded" });
    }
  }

  async #tryModel(call: ModelCall, reference: string): Promise<Answer | Failure> {
    for (let tries = 1; ; tries++) {
      try {
        const model = await this.#catalog.get(reference);
        return await this.#callOnce(call, model);
      } catch (error) {
        if (call.active.signal.aborted) throw call.active.signal.reason;
        if (!(error instanceof Failure)) throw error;
        if (!isTransient(error) || tries >= this.#retry.tries) return withTries(error, tries);
        await this.#wait(call, this.#waitAfter(error, tries), { model: reference, tries, reason: error.message });
      }
    }
  }

  async #callOnce(call: ModelCall, model: Model): Promise<Answer> {
    const span = this.#tracer.span("model.call", call.active.record.run.name, {
      attributes: { model: model.reference },
    });
    try {
      const answer = await this.#ask(call, model);
      const { inputTokens, outputTokens, cachedTokens } = answer.usage;
      span.end(undefined, {
        inputTokens: Number(inputTokens),
        outputTokens: Number(outputTokens),
        cachedTokens: Number(cachedTokens),
      });
      return answer;
    } catch (error) {
      span.end(error instanceof Failure ? reasonName(error.reason) : "ABORTED");
      throw error;
    }
  }

  /** A picture that a provider refuses, for its format or its size, would silence its session for as long as it is shown. */
  async #ask(call: ModelCall, model: Model): Promise<Answer> {
    const { reference, contextTokens, takesImages } = model;
    const request = await call.request({ contextTokens, takesImages });
    try {
      return await this.#read(call, model, request);
    } catch (error) {
      if (!(error instanceof Failure) || !isRefused(error) || !request.images?.size) throw error;
      const fields = { run: call.active.record.run.name, model: reference, reason: error.message };
      this.#log.warn(fields, "a model refused a call with pictures; asking again without them");
      return await this.#read(call, model, await call.request({ contextTokens, takesImages: false }));
    }
  }

  async #read(call: ModelCall, model: Model, request: ModelRequest): Promise<Answer> {
    const { active } = call;
    const builder = new AnswerBuilder(active.live, model, call.callIds);
    const chunks = model.stream(request, active.signal);
    for await (const chunk of untilAborted(chunks, active.signal)) {
      active.touch();
      builder.add(chunk);
    }
    return builder.finish();
  }

  #waitAfter(failure: Failure, tries: number): number {
    if (failure.retryAfterMs !== undefined) return Math.min(failure.retryAfterMs, this.#retry.retryAfterCapMs);
    return backoffMs(tries, { baseMs: this.#retry.baseMs, capMs: this.#retry.capMs, jitter });
  }

  async #wait(call: ModelCall, waitMs: number, fields: object): Promise<void> {
    this.#log.warn({ run: call.active.record.run.name, waitMs, ...fields }, "a model call failed; trying again");
    call.active.touch();
    await sleep(waitMs, call.active.signal);
    call.active.touch();
  }
}

function isRefused({ reason }: Failure): boolean {
  return reason === ErrorReason.MODEL_REFUSED || reason === ErrorReason.CONTEXT_FULL;
}

function isTransient(failure: Failure): boolean {
  return failure.reason === ErrorReason.MODEL_UNAVAILABLE || failure.reason === ErrorReason.MODEL_OVERLOADED;
}

function withTries(failure: Failure, tries: number): Failure {
  const { code, reason, message, violations, retryAfterMs } = failure;
  const metadata = { ...failure.metadata, attempts: String(tries) };
  return new Failure({ code, reason, message, metadata, violations, retryAfterMs, cause: failure });
}
