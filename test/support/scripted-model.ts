/** Models that do what a test tells them, call by call, and remember what they were asked. */

import { create, type JsonObject, type MessageInitShape } from "@bufbuild/protobuf";
import { type Model as ModelInfo, type ModelPriceSchema, ModelSchema } from "../../gen/openclaw/gateway/v1/agent_pb.ts";
import { Run_StopReason as StopReason } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Model, ModelCatalog, ModelChunk, ModelRequest } from "../../src/core/agent/model.ts";
import type { Failure } from "../../src/core/errors.ts";
import { modelUnusable } from "../../src/core/run/run-failure.ts";

/** What a model does in one call. */
export type Turn = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelChunk>;

/** Usage of every scripted answer unless it says otherwise. */
export const scriptedUsage = { inputTokens: 10n, outputTokens: 5n, cachedTokens: 2n };

/** A model with one turn a call; without a script it answers "done". */
export class ScriptedModel implements Model {
  readonly reference: string;
  readonly contextTokens: number;
  /** False unless a test says otherwise. */
  takesImages = false;
  /** US dollars for a million tokens; unknown unless a test says otherwise. */
  price: MessageInitShape<typeof ModelPriceSchema> | undefined;
  readonly local = true;
  /** Every request so far, as it was. */
  readonly requests: ModelRequest[] = [];
  #turns: Turn[] = [];
  #waiting: { calls: number; resolve: () => void }[] = [];

  constructor(reference = "test/one", contextTokens = 0) {
    this.reference = reference;
    this.contextTokens = contextTokens;
  }

  /** Adds turns for the calls to come. */
  script(...turns: Turn[]): void {
    this.#turns.push(...turns);
  }

  /** Resolves when the model was called this often. */
  async called(calls: number): Promise<void> {
    if (this.requests.length >= calls) return;
    await new Promise<void>((resolve) => this.#waiting.push({ calls, resolve }));
  }

  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelChunk> {
    this.requests.push({ ...request, messages: [...request.messages] });
    this.#waiting = this.#waiting.filter(({ calls, resolve }) => {
      if (this.requests.length < calls) return true;
      resolve();
      return false;
    });
    const turn = this.#turns.shift() ?? says("done");
    return turn(request, signal);
  }
}

/** A catalog of scripted models. */
export class ScriptedCatalog implements ModelCatalog {
  readonly #models: ReadonlyMap<string, Model>;

  constructor(models: readonly Model[]) {
    this.#models = new Map(models.map((model) => [model.reference, model]));
  }

  list(): readonly ModelInfo[] {
    const models = [...this.#models.values()].sort((one, other) => (one.reference < other.reference ? -1 : 1));
    return models.map((model) => {
      const price = model instanceof ScriptedModel ? model.price : undefined;
      return create(ModelSchema, { reference: model.reference, usable: true, ...(price && { price }) });
    });
  }

  async get(reference: string): Promise<Model> {
    const model = this.#models.get(reference);
    if (model === undefined) throw modelUnusable(reference, "no such test model");
    return model;
  }
}

/** The end of an answer. */
export const finish: ModelChunk = { kind: "finish", stopReason: StopReason.END, usage: scriptedUsage };

/** Says the pieces as one text and ends. */
export function says(...pieces: string[]): Turn {
  return async function* () {
    for (const text of pieces) yield { kind: "text", block: "t", text };
    yield finish;
  };
}

/** Yields these chunks and ends without a finish of its own. */
export function yields(...chunks: ModelChunk[]): Turn {
  return async function* () {
    yield* chunks;
  };
}

/** A tool call as a chunk. */
function toolUse(callId: string, tool: string, input: JsonObject = {}): ModelChunk {
  return { kind: "toolUse", callId, tool, input };
}

/** Asks for tools, after a text if there is one. */
export function asks(calls: readonly [callId: string, tool: string, input?: JsonObject][], text = ""): Turn {
  return async function* () {
    if (text !== "") yield { kind: "text", block: "t", text };
    for (const [callId, tool, input] of calls) yield toolUse(callId, tool, input);
    yield finish;
  };
}

/** Says something and then fails. */
export function fails(failure: Failure | Error, text = ""): Turn {
  return async function* () {
    if (text !== "") yield { kind: "text", block: "t", text };
    throw failure;
  };
}

/** Says something and then never comes back, deaf to its signal. */
export function hangs(text = ""): Turn {
  return async function* () {
    if (text !== "") yield { kind: "text", block: "t", text };
    await new Promise(() => {});
  };
}

/** Says something, waits for the gate, says the rest and ends. Deaf to its signal. */
export function waits(gate: Promise<unknown>, before = "", after = "after"): Turn {
  return async function* () {
    if (before !== "") yield { kind: "text", block: "t", text: before };
    await gate;
    yield { kind: "text", block: "t", text: after };
    yield finish;
  };
}

/** The texts of a request, message by message: "USER hello", "TOOL result". */
export function readRequest({ messages }: ModelRequest): string[] {
  const roles = ["", "USER", "ASSISTANT", "TOOL", "SYSTEM"];
  return messages.map(({ role, parts }) => {
    const texts = parts.map(({ kind }) => {
      if (kind.case === "text") return kind.value;
      if (kind.case === "thinking") return `(${kind.value})`;
      if (kind.case === "toolUse") return `${kind.value.tool}#${kind.value.callId}`;
      return kind.case === "toolResult" ? kind.value.text : "";
    });
    return `${roles[role]} ${texts.join("|")}`;
  });
}
