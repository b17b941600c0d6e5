/** A model behind one of the provider packages of the AI SDK: one call is one request, without retries. */

import type { Model, ModelChunk, ModelRequest } from "../../core/agent/model.ts";
import type { Clock } from "../../lib/clock.ts";
import { inputsOf, type ModelEntry } from "../model-settings.ts";
import type { Endpoint } from "../resolve-endpoint.ts";
import { toCallOptions } from "./call-options.ts";
import { BrokenAnswerError, ChunkMaker } from "./sdk-chunks.ts";
import { toFailure } from "./sdk-failure.ts";
import { loadLanguageModel, type SdkLanguageModel, type SdkStream, type SdkStreamPart } from "./sdk-provider.ts";

/** What a model is made of. */
export interface SdkModelOptions {
  /** "provider/model". */
  readonly reference: string;
  readonly entry: ModelEntry;
  readonly endpoint: Endpoint;
  /** Carries every request. */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

/** How long the end of the connection is waited for once the answer is whole, so that it can be used again. */
const lingerMs = 100;

/** A text, because an error made for every call costs more than the rest of its ending. */
const callOver = "the call is over";

/** Implements the model port; see there for what `stream` promises. */
export class SdkModel implements Model {
  readonly reference: string;
  readonly contextTokens: number;
  readonly takesImages: boolean;
  readonly local: boolean;
  readonly #options: SdkModelOptions;
  #loading: Promise<SdkLanguageModel> | undefined;

  constructor(options: SdkModelOptions) {
    this.reference = options.reference;
    this.contextTokens = options.entry.contextTokens ?? 0;
    this.takesImages = inputsOf(options.entry, options.endpoint.api).includes("image");
    this.local = options.endpoint.local;
    this.#options = options;
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelChunk> {
    const { endpoint, clock, entry, fetch } = this.#options;
    this.#loading ??= loadLanguageModel(endpoint, entry.id, fetch);
    const model = await this.#loading;
    signal.throwIfAborted();

    const call = toCallOptions(request, {
      reference: this.reference,
      api: endpoint.api,
      thinkingOff: endpoint.thinkingOff,
      maxOutputTokens: entry.maxOutputTokens,
    });
    // Ends the request when the caller aborts, and also when the caller simply stops reading.
    const ending = new AbortController();
    const onAbort = (): void => ending.abort(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      const { stream } = await model.doStream({ ...call, abortSignal: ending.signal });
      yield* this.#chunks(stream);
    } catch (error) {
      signal.throwIfAborted();
      throw toFailure(error, { reference: this.reference, endpoint, nowMs: clock.nowMs() });
    } finally {
      signal.removeEventListener("abort", onAbort);
      ending.abort(callOver);
    }
  }

  async *#chunks(stream: SdkStream): AsyncGenerator<ModelChunk> {
    const maker = new ChunkMaker(this.reference);
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new BrokenAnswerError("the stream ended early");
      yield* maker.take(value);
      if (value.type !== "finish") continue;
      await lingering(reader);
      return;
    }
  }
}

/** Reads on for a moment; what comes after the end does not matter any more. */
async function lingering(reader: ReadableStreamDefaultReader<SdkStreamPart>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<"expired">((resolve) => {
    timer = setTimeout(resolve, lingerMs, "expired");
  });
  const ended = drain(reader);
  await Promise.race([ended, expired]);
  clearTimeout(timer);
}

async function drain(reader: ReadableStreamDefaultReader<SdkStreamPart>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer is whole: how its connection ended is of no interest.
  }
}
