/** What a run has said so far in this process: the blocks and frames that watchers read, whole or from any byte. */

import type { Message, Part } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Delta_Channel as Channel, type Run, type ToolCall } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Wakeup } from "../../../lib/wakeup.ts";
import { LiveBlock, noDraft } from "./live-block.ts";

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
    this.#dropUncommitted(draft);
    this.#wake();
  }

  /** A part of the current draft begins. After the end of the run it is a block nobody sees: its writer was late. */
  openBlock(channel: Channel, draft = this.#draft): LiveBlock {
    const block = new LiveBlock({ index: this.blockCount, channel, draft });
    if (this.#ended) {
      block.drop();
      return block;
    }
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
    block.append(text);
    this.#wake();
  }

  /** Nothing more comes for this block. */
  closeBlock(block: LiveBlock): void {
    block.close();
    this.#wake();
  }

  /** A tool call changed. */
  addToolCall(toolCall: ToolCall): void {
    this.#entries.push({ kind: "toolCall", toolCall });
    this.#wake();
  }

  /** A message that steers the run got its place. */
  addInput(message: Message): void {
    this.#entries.push({ kind: "message", message });
    this.#wake();
  }

  /**
   * An output message was committed. It takes the blocks written since the one before it, if they say the same; a model that
   * spoke on while its run was being stopped has said more: then its blocks are dropped and the message's own appear.
   */
  addOutput(message: Message): void {
    if (!this.#holds(message)) {
      this.#dropUncommitted(noDraft);
      for (const part of message.parts) this.#replayPart(part, message.draft);
    }
    const taken = this.#uncommitted.splice(0, message.parts.length);
    for (const block of taken) block?.close();
    this.#committedBlocks += message.parts.length;
    this.#dropUncommitted(noDraft);
    this.#entries.push({ kind: "message", message });
    this.#wake();
  }

  /** Text and thinking of the current draft that no message holds yet, up to its first tool use; empty when nothing was said. */
  uncommittedParts(): Part[] {
    const parts: Part[] = [];
    let said = false;
    for (const block of this.#uncommitted) {
      if (block === undefined) break;
      said ||= block.sizeBytes > 0;
      parts.push(block.toPart());
    }
    return said ? parts : [];
  }

  /** Nothing will be added any more. */
  end(run: Run): void {
    this.#dropUncommitted(noDraft);
    this.#run = run;
    this.#ended = true;
    this.#wake();
  }

  /** True when the uncommitted blocks begin with the very parts of the message. */
  #holds(message: Message): boolean {
    return message.parts.every((part, index) => {
      if (index >= this.#uncommitted.length) return false;
      const block = this.#uncommitted[index];
      const live = liveText(part);
      if (block === undefined || live === undefined) return block === live;
      return block.draft === message.draft && block.sizeBytes === Buffer.byteLength(live.text);
    });
  }

  #replayPart(part: Part, draft: number): void {
    const live = liveText(part);
    if (live === undefined) {
      this.skipBlock();
      return;
    }
    const block = this.openBlock(live.channel, draft);
    block.append(live.text);
    block.close();
  }

  /** Readers that hold the first block that said anything drop it and all after it, because it is of another draft now. */
  #dropUncommitted(draft: number): void {
    const blocks = this.#uncommitted.filter((block) => block !== undefined);
    const first = blocks.find((block) => block.sizeBytes > 0);
    for (const block of blocks) block.drop();
    this.#uncommitted = [];
    if (first !== undefined) this.#entries.push({ kind: "reset", index: first.index, draft });
  }

  #wake(): void {
    this.changed.wake();
    this.#changed.wakeSoon();
  }
}

/** Text of a part that watchers see; undefined for a tool use. */
function liveText({ kind }: Part): { channel: Channel; text: string } | undefined {
  if (kind.case === "text") return { channel: Channel.TEXT, text: kind.value };
  if (kind.case === "thinking") return { channel: Channel.THINKING, text: kind.value };
  return kind.case === "toolResult" ? { channel: Channel.TOOL_OUTPUT, text: kind.value.text } : undefined;
}
