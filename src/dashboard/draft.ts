/** What an agent is saying right now, put together from deltas by the rules of `Delta` in run.proto. */

import { Delta_Channel as Channel, type Delta } from "../../gen/openclaw/gateway/v1/run_pb.ts";

interface Block {
  readonly channel: Channel;
  readonly draft: number;
  readonly text: string;
  readonly bytes: number;
}

const encoder = new TextEncoder();

/** The live output of one run. */
export class Draft {
  readonly #blocks = new Map<number, Block>();
  /** Blocks before this one are messages by now. */
  #kept = 0;

  /** Takes a delta. */
  add({ block, channel, draft, offset, text }: Delta): void {
    const held = this.#blocks.get(block);
    const bytes = Number(offset);
    const same = held?.draft === draft;
    if (held !== undefined && !same) this.#dropFrom(block);
    const before = same ? held : undefined;
    // Text that is held already comes again when the stream was opened anew; what is missing comes with its message.
    if (bytes !== (before?.bytes ?? 0) && bytes !== 0) return;
    const whole = bytes === 0 ? text : `${before?.text ?? ""}${text}`;
    this.#blocks.set(block, { channel, draft, text: whole, bytes: bytes + encoder.encode(text).length });
  }

  /** What was said so far is in the transcript now. */
  keep(): void {
    this.#kept = Math.max(0, ...[...this.#blocks.keys()].map((block) => block + 1));
  }

  /** The text since then, of the answer or of what the model thought. */
  text(kind: "answer" | "thinking"): string {
    const channel = kind === "answer" ? Channel.TEXT : Channel.THINKING;
    const blocks = [...this.#blocks].filter(([number, block]) => number >= this.#kept && block.channel === channel);
    return blocks
      .sort(([a], [b]) => a - b)
      .map(([, block]) => block.text)
      .join("\n\n");
  }

  #dropFrom(block: number): void {
    for (const other of [...this.#blocks.keys()]) if (other >= block) this.#blocks.delete(other);
  }
}
