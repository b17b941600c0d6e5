/** One reader's way through the live output of a run: each byte once, in order, from wherever the reader was. */

import { create } from "@bufbuild/protobuf";
import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Delta, Delta_Channel, DeltaSchema, type ToolCall } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { type LiveBlock, noDraft } from "./live-block.ts";
import type { LiveEntry, LiveRun } from "./live-run.ts";

/** What a reader holds of a block already. */
export interface HeldBlock {
  readonly block: number;
  readonly draft: number;
  readonly bytes: number;
}

/** Something to send. */
export type LiveFrame =
  | { readonly case: "delta"; readonly value: Delta }
  | { readonly case: "toolCall"; readonly value: ToolCall }
  | { readonly case: "message"; readonly value: Message };

/** Pulls frames; holds no text itself, so a slow reader costs nothing. */
export class LiveReader {
  readonly #live: LiveRun;
  readonly #held = new Map<number, HeldBlock>();
  /** Resets among the entries that were there at the start are settled by `#findStale`. */
  readonly #known: number;
  #entry = 0;
  #offset: number | undefined;
  #reset: Delta | undefined;

  constructor(live: LiveRun, held: readonly HeldBlock[]) {
    this.#live = live;
    this.#known = live.entries.length;
    for (const block of held) if (block.bytes > 0) this.#held.set(block.block, block);
    this.#reset = this.#findStale();
  }

  /** The next frame, or undefined when there is nothing new now. */
  next(): LiveFrame | undefined {
    if (this.#reset !== undefined) {
      const value = this.#reset;
      this.#reset = undefined;
      return { case: "delta", value };
    }
    for (;;) {
      const entry = this.#live.entries[this.#entry];
      if (entry === undefined) return undefined;
      if (entry.kind === "block") {
        const delta = this.#readBlock(entry.block);
        if (delta !== undefined) return { case: "delta", value: delta };
        if (!entry.block.closed) return undefined;
      }
      const settled = entry.kind === "reset" && this.#entry < this.#known;
      if (entry.kind === "reset" && !settled) this.#forgetFrom(entry.index);
      this.#entry += 1;
      this.#offset = undefined;
      const frame = settled ? undefined : frameOf(entry, this.#live);
      if (frame !== undefined) return frame;
    }
  }

  /** Held bytes of a draft that is gone, or more than was kept of it: tells the reader to drop them. */
  #findStale(): Delta | undefined {
    const blocks = new Map<number, LiveBlock>();
    for (const entry of this.#live.entries) {
      if (entry.kind === "block" && !entry.block.dropped) blocks.set(entry.block.index, entry.block);
    }
    const isStale = (held: HeldBlock): boolean => {
      const block = blocks.get(held.block);
      return block === undefined || block.draft !== held.draft || block.sizeBytes < held.bytes;
    };
    const stale = [...this.#held.values()].filter(isStale);
    if (stale.length === 0) return undefined;
    const first = Math.min(...stale.map((held) => held.block));
    this.#forgetFrom(first);
    return resetDelta(this.#live, first, noDraft);
  }

  /** The reader is told to drop these blocks. */
  #forgetFrom(first: number): void {
    for (const block of this.#held.keys()) if (block >= first) this.#held.delete(block);
  }

  #readBlock(block: LiveBlock): Delta | undefined {
    if (block.dropped) return undefined;
    this.#offset ??= this.#startOf(block);
    if (this.#offset >= block.sizeBytes) return undefined;
    const offset = this.#offset;
    const text = block.slice(offset);
    this.#offset += Buffer.byteLength(text);
    return create(DeltaSchema, {
      run: this.#live.run.name,
      block: block.index,
      channel: block.channel,
      offset: BigInt(offset),
      text,
      draft: block.draft,
    });
  }

  #startOf(block: LiveBlock): number {
    const held = this.#held.get(block.index);
    return held?.draft === block.draft && block.isBoundary(held.bytes) ? held.bytes : 0;
  }
}

function frameOf(entry: LiveEntry, live: LiveRun): LiveFrame | undefined {
  if (entry.kind === "toolCall") return { case: "toolCall", value: entry.toolCall };
  if (entry.kind === "message") return { case: "message", value: entry.message };
  if (entry.kind === "reset") return { case: "delta", value: resetDelta(live, entry.index, entry.draft) };
  return undefined;
}

function resetDelta(live: LiveRun, block: number, draft: number): Delta {
  return create(DeltaSchema, { run: live.run.name, block, channel: Delta_Channel.TEXT, offset: 0n, text: "", draft });
}
