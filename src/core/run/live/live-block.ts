/** One part of a run's output while it grows, readable from any byte. */

import { create } from "@bufbuild/protobuf";
import { type Part, PartSchema } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Delta_Channel as Channel } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";

/** Draft of what no model says: it differs from every draft of a model. */
export const noDraft = 0;

/** Longest piece of a block, in UTF-16 units: readers begin within a piece, so a long one would cost each of them dearly. */
const pieceLength = 16_384;

/** Bytes read at a time, about. */
const sliceBytes = 65_536;

/** Which part of which draft. */
export interface LiveBlockOptions {
  /** Number over all parts of the run's output messages. */
  readonly index: number;
  readonly channel: Channel;
  readonly draft: number;
}

/** Whole characters, and where they begin in bytes. */
interface Piece {
  readonly offset: number;
  readonly text: string;
  readonly sizeBytes: number;
}

/** A block. Only its LiveRun writes to it. */
export class LiveBlock {
  readonly index: number;
  readonly channel: Channel;
  readonly draft: number;
  /** Opaque state of the model to keep with the part. */
  modelState: Part["modelState"];
  #pieces: Piece[] = [];
  #sizeBytes = 0;
  #closed = false;
  #dropped = false;

  constructor({ index, channel, draft }: LiveBlockOptions) {
    this.index = index;
    this.channel = channel;
    this.draft = draft;
  }

  /** Bytes of UTF-8 so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** False while more may be appended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** True when its draft was given up; nobody shows it any more. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** Adds whole characters; nothing once it is closed. */
  append(text: string): void {
    if (this.#closed) return;
    for (const piece of cutText(text)) {
      const sizeBytes = Buffer.byteLength(piece);
      this.#pieces.push({ offset: this.#sizeBytes, text: piece, sizeBytes });
      this.#sizeBytes += sizeBytes;
    }
  }

  close(): void {
    this.#closed = true;
  }

  drop(): void {
    this.#dropped = true;
    this.#closed = true;
    this.#pieces = [];
  }

  /** The block as a part of a message. */
  toPart(): Part {
    const value = this.#pieces.map((piece) => piece.text).join("");
    const kind = this.channel === Channel.THINKING ? "thinking" : "text";
    return create(PartSchema, { kind: { case: kind, value }, modelState: this.modelState });
  }

  /** Text from a byte on, about 64 KiB of it; empty at the end. */
  slice(offset: number): string {
    let index = this.#pieceAt(offset);
    let text = "";
    let size = 0;
    for (let piece = this.#pieces[index]; piece !== undefined && size < sliceBytes; piece = this.#pieces[++index]) {
      const skip = Math.max(0, offset - piece.offset);
      text += skip === 0 ? piece.text : Buffer.from(piece.text).subarray(skip).toString();
      size += piece.sizeBytes - skip;
    }
    return text;
  }

  /** True when a character begins at the byte, or the block ends there. */
  isBoundary(offset: number): boolean {
    if (offset === this.#sizeBytes) return true;
    const piece = this.#pieces[this.#pieceAt(offset)];
    if (piece === undefined || piece.offset === offset) return true;
    const byte = Buffer.from(piece.text)[offset - piece.offset] ?? 0;
    return (byte & 0xc0) !== 0x80;
  }

  /** Index of the last piece that begins at or before the byte. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.offset ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The text in pieces of a bounded length, never half of a surrogate pair each. */
function* cutText(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const last = text.charCodeAt(start + pieceLength - 1);
    const splitsPair = last >= 0xd800 && last <= 0xdbff && start + pieceLength < text.length;
    const end = start + pieceLength - (splitsPair ? 1 : 0);
    yield text.slice(start, end);
    start = end;
  }
}
