/** What a run has said so far in this process: the blocks and frames that watchers read, whole or from any byte. */

import { create } from "@bufbuild/protobuf";
import { type Message, type Part, PartSchema } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Delta_Channel as Channel, type Run, type ToolCall } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Wakeup } from "../../../lib/wakeup.ts";

/** One part of the output while it grows. */
export interface LiveBlock {
  /** Number over all parts of the run's output messages. */
  readonly index: number;
  readonly channel: Channel;
  readonly draft: number;
  /** Pieces in order; whole characters each. */
  readonly pieces: { readonly offset: number; readonly text: string; readonly sizeBytes: number }[];
  sizeBytes: number;
  /** False while more may be appended. */
  closed: boolean;
  /** True when its draft was given up; nobody shows it any more. */
  dropped: boolean;
  /** Opaque state of the model to keep with the part. */
  modelState: Part["modelState"];
}

/** What watchers see, in order. */
export type LiveEntry =
  | { readonly kind: "block"; readonly block: LiveBlock }
  | { readonly kind: "reset"; readonly index: number; readonly draft: number }
  | { readonly kind: "toolCall"; readonly toolCall: ToolCall }
  | { readonly kind: "message"; readonly message: Message };

/** The output of one run. One writer (the agent loop), any number of readers. */
export class LiveRun {
  #run: Run;
  #entries: LiveEntry[] = [];
  #uncommitted: (LiveBlock | undefined)[] = [];
  #committedBlocks = 0;
  #draft = 0;
  #ended = false;
  readonly #changed: Wakeup;
  /** Rings after every change. */
  readonly changed = new Wakeup();

  /** `anyChange` rings with `changed`, for readers of many runs. */
  constructor(run: Run, anyChange: Wakeup) {
    this.#run = run;
    this.#changed = anyChange;
  }

  /** The run as last committed. */
  get run(): Run {
    return this.#run;
  }

  /** True when nothing will be added any more; the run is then in a terminal state or belongs to another process. */
  get ended(): boolean {
    return this.#ended;
  }

  get entries(): readonly LiveEntry[] {
    return this.#entries;
  }

  /** Draft being written, 0 before the first. */
  get draft(): number {
    return this.#draft;
  }

  /** Blocks that exist, dropped ones not counted. */
  get blockCount(): number {
    return this.#committedBlocks + this.#uncommitted.length;
  }

  /** The run changed. */
  setRun(run: Run): void {
    this.#run = run;
    this.#wake();
  }

  /** A model call starts (again): what the call before it wrote, if it was not committed, is dropped. */
  startDraft(draft: number): void {
    this.#draft = draft;
    this.#dropUncommitted();
    this.#wake();
  }

  /** A part of the current draft begins. */
  openBlock(channel: Channel, draft = this.#draft): LiveBlock {
    const block: LiveBlock = {
      index: this.blockCount,
      channel,
      draft,
      pieces: [],
      sizeBytes: 0,
      closed: false,
      dropped: false,
      modelState: undefined,
    };
    this.#uncommitted.push(block);
    this.#entries.push({ kind: "block", block });
    return block;
  }

  /** A part without live text (a tool use) takes the next number. */
  skipBlock(): void {
    this.#uncommitted.push(undefined);
  }

  /** Text for a block that is open. */
  append(block: LiveBlock, text: string): void {
    if (text === "" || block.closed) return;
    const sizeBytes = Buffer.byteLength(text);
    block.pieces.push({ offset: block.sizeBytes, text, sizeBytes });
    block.sizeBytes += sizeBytes;
    this.#wake();
  }

  /** Nothing more comes for this block. */
  closeBlock(block: LiveBlock): void {
    block.closed = true;
    this.#wake();
  }

  /** A tool call changed. */
  addToolCall(toolCall: ToolCall): void {
    this.#entries.push({ kind: "toolCall", toolCall });
    this.#wake();
  }

  /** A message of the run was committed. An output message takes the blocks written since the one before it. */
  addMessage(message: Message, output: boolean): void {
    if (output) {
      const taken = this.#uncommitted.splice(0, message.parts.length);
      for (const block of taken) if (block !== undefined) block.closed = true;
      this.#committedBlocks += message.parts.length;
      this.#dropUncommitted();
    }
    this.#entries.push({ kind: "message", message });
    this.#wake();
  }

  /** A committed output message that this process did not write live: its blocks appear at once. */
  replayMessage(message: Message): void {
    for (const part of message.parts) this.#replayPart(part, message.draft);
    this.addMessage(message, true);
  }

  /** Text and thinking of the current draft that no message holds yet, up to its first tool use; empty when nothing was said. */
  uncommittedParts(): Part[] {
    const parts: Part[] = [];
    let said = false;
    for (const block of this.#uncommitted) {
      if (block === undefined) break;
      said ||= block.sizeBytes > 0;
      parts.push(partOf(block));
    }
    return said ? parts : [];
  }

  /** Nothing will be added any more. */
  end(run: Run): void {
    this.#dropUncommitted();
    this.#run = run;
    this.#ended = true;
    this.#wake();
  }

  #replayPart(part: Part, draft: number): void {
    const { kind } = part;
    if (kind.case === "toolUse" || kind.case === undefined) {
      this.skipBlock();
      return;
    }
    const [channel, text] =
      kind.case === "text"
        ? [Channel.TEXT, kind.value]
        : kind.case === "thinking"
          ? [Channel.THINKING, kind.value]
          : [Channel.TOOL_OUTPUT, kind.value.text];
    const block = this.openBlock(channel, draft);
    this.append(block, text);
    block.closed = true;
  }

  #dropUncommitted(): void {
    if (this.#uncommitted.length === 0) return;
    for (const block of this.#uncommitted) {
      if (block === undefined) continue;
      block.dropped = true;
      block.closed = true;
      block.pieces.length = 0;
    }
    this.#uncommitted = [];
    this.#entries.push({ kind: "reset", index: this.#committedBlocks, draft: this.#draft });
  }

  #wake(): void {
    this.changed.wake();
    this.#changed.wake();
  }
}

/** The block as a part of a message. */
export function partOf(block: LiveBlock): Part {
  const value = block.pieces.map((piece) => piece.text).join("");
  const kind = block.channel === Channel.THINKING ? "thinking" : "text";
  return create(PartSchema, { kind: { case: kind, value }, modelState: block.modelState });
}
