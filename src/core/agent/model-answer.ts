/** Turns the stream of one model call into live blocks and, at the end, the parts of a message. */

import { create } from "@bufbuild/protobuf";
import { type Part, PartSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Delta_Channel as Channel, type Usage } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { LiveBlock } from "../run/live/live-block.ts";
import type { LiveRun } from "../run/live/live-run.ts";
import { modelUnavailable } from "../run/run-failure.ts";
import type { Model, ModelChunk } from "./model.ts";

/** What a model said in one call. */
export interface Answer {
  /** "provider/model" that said it. */
  readonly model: string;
  readonly parts: readonly Part[];
  readonly draft: number;
  readonly stopReason: Run["stopReason"];
  readonly usage: Pick<Usage, "inputTokens" | "outputTokens" | "cachedTokens">;
  /** Tokens that model reads in one call; 0 when unknown. */
  readonly contextTokens: number;
}

/** Collects the chunks of one call. */
export class AnswerBuilder {
  readonly #live: LiveRun;
  readonly #model: Pick<Model, "reference" | "contextTokens">;
  readonly #draft: number;
  readonly #pieces: (LiveBlock | Part)[] = [];
  readonly #knownCallIds: () => Iterable<string>;
  #callIds: Set<string> | undefined;
  #block: { id: string; live: LiveBlock; carry: string } | undefined;
  #finish: Extract<ModelChunk, { kind: "finish" }> | undefined;

  /** `callIds` are the tool calls of the run so far; ids that a provider repeats are made unique. */
  constructor(live: LiveRun, model: Pick<Model, "reference" | "contextTokens">, callIds: () => Iterable<string>) {
    this.#live = live;
    this.#model = model;
    this.#knownCallIds = callIds;
    this.#draft = 1 + Math.floor(Math.random() * 0xffff_fffe);
    live.startDraft(this.#draft);
  }

  /** Takes the next chunk. */
  add(chunk: ModelChunk): void {
    if (chunk.kind === "finish") this.#finish = chunk;
    else if (chunk.kind === "toolUse") this.#addToolUse(chunk);
    else if (chunk.kind === "state") this.#open(chunk.block, undefined).live.modelState = chunk.state;
    else this.#addText(chunk.block, chunk.text, chunk.kind === "text" ? Channel.TEXT : Channel.THINKING);
  }

  /** The whole answer. Fails with MODEL_UNAVAILABLE when the stream ended before the model had finished. */
  finish(): Answer {
    this.#close();
    const { reference: model, contextTokens } = this.#model;
    if (this.#finish === undefined) throw modelUnavailable({ model, detail: "the answer broke off" });
    const parts = this.#pieces.map((piece) => (piece instanceof LiveBlock ? piece.toPart() : piece));
    const { stopReason, usage } = this.#finish;
    return { model, parts, draft: this.#draft, stopReason, usage, contextTokens };
  }

  #addText(id: string, text: string, channel: Channel): void {
    const block = this.#open(id, channel);
    const whole = block.carry + text;
    const last = whole.charCodeAt(whole.length - 1);
    const half = last >= 0xd800 && last <= 0xdbff;
    block.carry = half ? whole.slice(-1) : "";
    this.#live.append(block.live, half ? whole.slice(0, -1) : whole);
  }

  #addToolUse(chunk: Extract<ModelChunk, { kind: "toolUse" }>): void {
    this.#close();
    this.#live.skipBlock();
    this.#callIds ??= new Set(this.#knownCallIds());
    let callId = chunk.callId;
    for (let copy = 2; this.#callIds.has(callId); copy++) callId = `${chunk.callId}-${copy}`;
    this.#callIds.add(callId);
    const value = { callId, tool: chunk.tool, input: chunk.input };
    this.#pieces.push(create(PartSchema, { kind: { case: "toolUse", value }, modelState: chunk.state }));
  }

  #open(id: string, channel: Channel | undefined): { id: string; live: LiveBlock; carry: string } {
    if (this.#block?.id === id) return this.#block;
    this.#close();
    const live = this.#live.openBlock(channel ?? Channel.THINKING);
    this.#pieces.push(live);
    this.#block = { id, live, carry: "" };
    return this.#block;
  }

  #close(): void {
    if (this.#block === undefined) return;
    this.#live.append(this.#block.live, this.#block.carry === "" ? "" : "\ufffd");
    this.#live.closeBlock(this.#block.live);
    this.#block = undefined;
  }
}
