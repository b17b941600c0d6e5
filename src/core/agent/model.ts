/** The model port: one call to a language model, as a stream. */

import type { JsonObject } from "@bufbuild/protobuf";
import type { Model as ModelInfo } from "../../../gen/openclaw/gateway/v1/agent_pb.ts";
import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run, Usage } from "../../../gen/openclaw/gateway/v1/run_pb.ts";

/** How much a model thinks before it answers. */
export type Thinking = "off" | "minimal" | "low" | "medium" | "high";

/** What a model is told about a tool. */
export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input, an object. */
  readonly inputSchema: JsonObject;
}

/** A picture a model is shown. */
export interface ModelImage {
  /** image/png, image/jpeg, image/gif or image/webp. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One call. */
export interface ModelRequest {
  /** The system prompt. Never holds text of senders, tools or the web. */
  readonly instructions: string;
  /** The transcript, oldest first, ending with a USER or TOOL message. Every ToolUse is followed by its ToolResult. */
  readonly messages: readonly Message[];
  /**
   * Pictures of the messages, by the name of their blob: what their attachment parts stand for. Files that are not shown are
   * placeholders in text, and so is the name of one that is: a model that cannot show one of these leaves it out.
   */
  readonly images?: ReadonlyMap<string, ModelImage>;
  readonly tools: readonly ToolSchema[];
  readonly thinking?: Thinking;
  readonly maxOutputTokens?: number;
  /** What the call is for; an answer unless given. A model that only plays one may go by it. */
  readonly task?: "summary";
}

/**
 * A piece of the answer. Chunks with the same `block` belong to one part; blocks do not interleave. `state` is opaque, is kept
 * with the part it follows, and comes back in `Part.modelState` of later requests.
 */
export type ModelChunk =
  | { readonly kind: "text"; readonly block: string; readonly text: string }
  | { readonly kind: "thinking"; readonly block: string; readonly text: string }
  | { readonly kind: "state"; readonly block: string; readonly state: JsonObject }
  | {
      readonly kind: "toolUse";
      readonly callId: string;
      readonly tool: string;
      readonly input: JsonObject;
      readonly state?: JsonObject;
    }
  | {
      readonly kind: "finish";
      /** STOP_REASON_END also when the model asks for tools. */
      readonly stopReason: Run["stopReason"];
      readonly usage: Pick<Usage, "inputTokens" | "outputTokens" | "cachedTokens">;
    };

/** A language model. */
export interface Model {
  /** "provider/model". */
  readonly reference: string;
  /** Tokens one call may read; 0 when unknown. */
  readonly contextTokens: number;
  /** True when it may be given `ModelRequest.images`. */
  readonly takesImages: boolean;
  /** True when the endpoint is on this machine or a private network; it gets more time for its first byte. */
  readonly local: boolean;
  /**
   * Makes one call. Ends after exactly one `finish` chunk, or throws a Failure with a MODEL_* or CONTEXT_FULL reason;
   * `retryAfterMs` is set when the provider said when to come back. Makes no retries itself. Stops soon after `signal` aborts.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelChunk>;
}

/** What a request depends on besides what was said. */
export type ModelReader = Pick<Model, "contextTokens" | "takesImages">;

/** Finds models by reference. */
export interface ModelCatalog {
  /** Every model known by name, usable or not, ordered by name. */
  list(): readonly ModelInfo[];
  /** Loads the model. Fails with MODEL_UNUSABLE when the provider is unknown or lacks a key; the message says what to do. */
  get(reference: string): Promise<Model>;
}
