/** Puts the live output of a run together from deltas, by the rules of `Delta` in run.proto. */

import type { Delta } from "../../gen/openclaw/gateway/v1/run_pb.ts";

/** One block: one part of the run's output messages. */
export interface TextBlock {
  /** Number of the block within the run, from 0. */
  readonly block: number;
  /** What it holds. */
  readonly channel: Delta["channel"];
  /** Draft the text was read from. */
  readonly draft: number;
  /** The text so far. */
  readonly text: string;
  /** Bytes of UTF-8 the text takes. */
  readonly bytes: number;
}

/**
 * What a delta did. "append": `text` was added to the block. "replace": the block and every later one were dropped, and the
 * block now holds `text`. "repeat": nothing, the bytes were held already. "gap": bytes in between are missing; what the
 * delta replaces was dropped, and the stream has to be opened again with `held()`.
 */
export interface TextChange {
  readonly kind: "append" | "replace" | "repeat" | "gap";
  readonly block: number;
  readonly channel: Delta["channel"];
  readonly text: string;
}

type DeltaBytes = Pick<Delta, "block" | "channel" | "offset" | "text" | "draft">;

const encoder = new TextEncoder();

/** The output of one run as far as it was read. */
export class RunText {
  readonly #blocks = new Map<number, TextBlock>();

  /** Takes in one delta of the run and says what it did. */
  apply(delta: DeltaBytes): TextChange {
    const { block, channel } = delta;
    const change = (kind: TextChange["kind"], text: string): TextChange => ({ kind, block, channel, text });
    const held = this.#blocks.get(block);
    const redrafted = held !== undefined && held.draft !== delta.draft;
    if (redrafted) this.#dropFrom(block);
    const offset = Number(delta.offset);
    if (held === undefined || redrafted) {
      if (offset !== 0) return change("gap", "");
      this.#put(delta, delta.text);
      return change(redrafted ? "replace" : "append", delta.text);
    }
    if (offset === held.bytes) {
      this.#put(delta, held.text + delta.text);
      return change("append", delta.text);
    }
    if (offset > held.bytes) return change("gap", "");
    if (offset > 0 || held.text.startsWith(delta.text)) return change("repeat", "");
    return this.#replace(held, delta);
  }

  /** Blocks in order. */
  blocks(): TextBlock[] {
    return [...this.#blocks.values()].sort((a, b) => a.block - b.block);
  }

  /** What WatchRunRequest.held wants to know, so that no byte is sent twice. */
  held(): { block: number; draft: number; bytes: bigint }[] {
    return this.blocks().map(({ block, draft, bytes }) => ({ block, draft, bytes: BigInt(bytes) }));
  }

  /** The text of all blocks of a channel, one after the other. */
  text(channel: Delta["channel"]): string {
    const wanted = this.blocks().filter((block) => block.channel === channel);
    return wanted.map((block) => block.text).join("");
  }

  /** A snapshot that continues what is held only adds to it: a reader that printed the beginning prints the rest. */
  #replace(held: TextBlock, delta: DeltaBytes): TextChange {
    const { block, channel } = delta;
    const continues = delta.text.startsWith(held.text);
    if (!continues) this.#dropFrom(block);
    this.#put(delta, delta.text);
    if (!continues) return { kind: "replace", block, channel, text: delta.text };
    return { kind: "append", block, channel, text: delta.text.slice(held.text.length) };
  }

  #put(delta: DeltaBytes, text: string): void {
    const { block, channel, draft } = delta;
    const before = Number(delta.offset);
    this.#blocks.set(block, { block, channel, draft, text, bytes: before + encoder.encode(delta.text).length });
  }

  #dropFrom(block: number): void {
    for (const other of [...this.#blocks.keys()]) if (other >= block) this.#blocks.delete(other);
  }
}
