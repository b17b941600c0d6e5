/** From a provider package's event stream to chunks. */

import type { JsonObject } from "@bufbuild/protobuf";
import { Run_StopReason } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ModelChunk } from "../../core/agent/model.ts";
import { packState } from "./model-state.ts";
import type { SdkProviderOptions, SdkStreamPart } from "./sdk-provider.ts";

/**
 * Key of the input of a tool call whose arguments were no JSON object: {"_malformed": "what the model wrote"}. Such a call
 * is not made; its result tells the model to write it again.
 */
export const malformedInputKey = "_malformed";

/** Characters of malformed arguments that are kept. */
const malformedLimit = 4_096;

/** The stream said that it failed; `error` is what it said. */
export class StreamPartError extends Error {
  readonly error: unknown;

  constructor(error: unknown) {
    super("the answer ended with an error");
    this.name = "StreamPartError";
    this.error = error;
  }
}

/** The answer ended before it was whole. */
export class BrokenAnswerError extends Error {
  constructor(detail: string) {
    super(`the answer broke off: ${detail}`);
    this.name = "BrokenAnswerError";
  }
}

interface OpenBlock {
  readonly id: string;
  readonly kind: "text" | "thinking";
  /** Kind and id as the package names them. */
  readonly key: string;
  readonly options: SdkProviderOptions;
  hasText: boolean;
}

/**
 * Turns events into chunks, one call long. Packages reuse ids and may leave a block open when the next begins; chunks do
 * neither.
 */
export class ChunkMaker {
  readonly #model: string;
  #open: OpenBlock | undefined;
  #blocks = 0;

  constructor(model: string) {
    this.#model = model;
  }

  /** The chunks of one event. Throws a StreamPartError when the event says that the call failed. */
  *take(part: SdkStreamPart): Generator<ModelChunk> {
    switch (part.type) {
      case "text-start":
      case "reasoning-start":
      case "text-delta":
      case "reasoning-delta":
      case "text-end":
      case "reasoning-end":
        yield* this.#takeBlock(part);
        return;
      case "tool-call":
        yield* this.#close();
        yield this.#toolUse(part);
        return;
      case "finish":
        yield* this.#close();
        yield finishChunk(part);
        return;
      case "error":
        throw new StreamPartError(part.error);
    }
  }

  *#takeBlock(part: BlockPart): Generator<ModelChunk> {
    const kind = part.type.startsWith("text") ? "text" : "thinking";
    const key = `${kind} ${part.id}`;
    const starts = part.type.endsWith("start");
    if (starts || this.#open?.key !== key) {
      yield* this.#close();
      if (part.type.endsWith("end")) return;
      this.#blocks += 1;
      this.#open = { id: String(this.#blocks), kind, key, options: {}, hasText: false };
    }
    const block = this.#open;
    if (!block) return;
    for (const [provider, options] of Object.entries(part.providerMetadata ?? {})) {
      block.options[provider] = { ...block.options[provider], ...options };
    }
    if ("delta" in part && part.delta !== "") {
      block.hasText = true;
      yield { kind, block: block.id, text: part.delta };
    }
    if (part.type.endsWith("end")) yield* this.#close();
  }

  /** A block without text is kept when it has a state that matters: a provider may hide a thought and still want it back. */
  *#close(): Generator<ModelChunk> {
    const block = this.#open;
    this.#open = undefined;
    if (!block) return;
    const states = Object.values(block.options);
    const isWanted = block.kind === "text" ? states.some((state) => "thoughtSignature" in state) : states.length > 0;
    if (!block.hasText && !isWanted) return;
    if (!block.hasText) yield { kind: block.kind, block: block.id, text: "" };
    if (states.length === 0 && block.kind === "text") return;
    yield { kind: "state", block: block.id, state: packState(this.#model, block.options) };
  }

  #toolUse(part: Extract<SdkStreamPart, { type: "tool-call" }>): ModelChunk {
    return {
      kind: "toolUse",
      callId: callIdOf(part.toolCallId),
      tool: part.toolName,
      input: parseInput(part.input),
      state: packState(this.#model, part.providerMetadata ?? {}),
    };
  }
}

type BlockPart = Extract<SdkStreamPart, { type: `${"text" | "reasoning"}-${"start" | "delta" | "end"}` }>;

/** The provider's id in characters and a length that every other provider takes as well. */
function callIdOf(given: string): string {
  return given.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 56) || "call";
}

function parseInput(json: string): JsonObject {
  if (json.trim() === "") return {};
  try {
    const input: unknown = JSON.parse(json);
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as JsonObject;
    if (input === null) return {};
  } catch {
    // Said to the model below.
  }
  return { [malformedInputKey]: json.slice(0, malformedLimit) };
}

function finishChunk(part: Extract<SdkStreamPart, { type: "finish" }>): ModelChunk {
  const { inputTokens, outputTokens } = part.usage;
  return {
    kind: "finish",
    stopReason: stopReason(part),
    usage: {
      inputTokens: count(inputTokens.total),
      outputTokens: count(outputTokens.total),
      cachedTokens: count(inputTokens.cacheRead),
    },
  };
}

function count(tokens: number | undefined): bigint {
  return BigInt(Math.max(0, Math.trunc(tokens ?? 0)));
}

function stopReason(part: Extract<SdkStreamPart, { type: "finish" }>): Run_StopReason {
  switch (part.finishReason.unified) {
    case "length":
      return Run_StopReason.MAX_TOKENS;
    case "content-filter":
      return Run_StopReason.FILTERED;
    case "error":
    case "interrupted":
      throw new BrokenAnswerError(part.finishReason.raw ?? "the stream ended early");
    default:
      return Run_StopReason.END;
  }
}
