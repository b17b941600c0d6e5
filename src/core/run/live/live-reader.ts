/** One reader's way through the live output of a run: each byte once, in order, from wherever the reader was. */

import { create } from "@bufbuild/protobuf";
import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Delta, Delta_Channel, DeltaSchema, type ToolCall } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { LiveBlock, LiveEntry, LiveRun } from "./live-run.ts";

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

const deltaBytes = 65_536;

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
    for (const block of held) this.#held.set(block.block, block);
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
      this.#entry += 1;
      this.#offset = undefined;
      const frame = settled ? undefined : frameOf(entry, this.#live);
      if (frame !== undefined) return frame;
    }
  }

  /** Held bytes of a draft that is gone: tells the reader to drop them. */
  #findStale(): Delta | undefined {
    const drafts = new Map<number, number>();
    for (const entry of this.#live.entries) {
      if (entry.kind === "block" && !entry.block.dropped) drafts.set(entry.block.index, entry.block.draft);
    }
    const stale = [...this.#held.values()].filter((held) => drafts.get(held.block) !== held.draft);
    if (stale.length === 0) return undefined;
    const first = Math.min(...stale.map((held) => held.block));
    for (const block of this.#held.keys()) if (block >= first) this.#held.delete(block);
    return resetDelta(this.#live, first, drafts.get(first) ?? this.#live.draft);
  }

  #readBlock(block: LiveBlock): Delta | undefined {
    if (block.dropped) return undefined;
    this.#offset ??= this.#startOf(block);
    if (this.#offset >= block.sizeBytes) return undefined;
    const offset = this.#offset;
    const text = sliceBlock(block, offset);
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
    if (held === undefined || held.draft !== block.draft || held.bytes > block.sizeBytes) return 0;
    return isBoundary(block, held.bytes) ? held.bytes : 0;
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

/** Text from a byte on, about 64 KiB at most. */
function sliceBlock(block: LiveBlock, offset: number): string {
  let index = pieceAt(block, offset);
  let text = "";
  let size = 0;
  for (let piece = block.pieces[index]; piece !== undefined && size < deltaBytes; piece = block.pieces[++index]) {
    const skip = Math.max(0, offset - piece.offset);
    const whole = skip === 0 ? piece.text : Buffer.from(piece.text).subarray(skip).toString();
    const rest = whole.length > deltaBytes ? cutCharacters(whole, deltaBytes) : whole;
    text += rest;
    size += rest.length === whole.length ? piece.sizeBytes - skip : deltaBytes;
  }
  return text;
}

/** The first characters, never half of a surrogate pair. */
function cutCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? length - 1 : length);
}

/** The last piece that begins at or before the byte. */
function pieceAt(block: LiveBlock, offset: number): number {
  let low = 0;
  let high = block.pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((block.pieces[middle]?.offset ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isBoundary(block: LiveBlock, offset: number): boolean {
  if (offset === block.sizeBytes) return true;
  const piece = block.pieces[pieceAt(block, offset)];
  if (piece === undefined || piece.offset === offset) return true;
  const byte = Buffer.from(piece.text)[offset - piece.offset] ?? 0;
  return (byte & 0xc0) !== 0x80;
}
