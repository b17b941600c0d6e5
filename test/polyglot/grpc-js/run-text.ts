/** The live output of a run, by the rules of Delta in run.proto, from the messages proto-loader makes. */

import type { PlainDelta } from "./plain-messages.ts";

/** Holds bytes, as offsets count them. */
export class RunText {
  readonly #blocks = new Map<number, { draft: number; bytes: Buffer }>();

  /** Takes in one delta; fails when bytes before it are missing. */
  apply({ block, draft, offset, text }: PlainDelta): void {
    let held = this.#blocks.get(block);
    if (held !== undefined && held.draft !== draft) {
      for (const number of [...this.#blocks.keys()]) if (number >= block) this.#blocks.delete(number);
      held = undefined;
    }
    const bytes = held?.bytes ?? Buffer.alloc(0);
    const start = Number(offset);
    if (start > bytes.length) throw new Error(`bytes ${bytes.length} to ${start} of block ${block} are missing`);
    if (start === bytes.length) this.#blocks.set(block, { draft, bytes: Buffer.concat([bytes, Buffer.from(text)]) });
    else if (start === 0) this.#blocks.set(block, { draft, bytes: Buffer.from(text) });
  }

  /** WatchRunRequest.held. */
  held(): { block: number; draft: number; bytes: number }[] {
    return [...this.#blocks].map(([block, { draft, bytes }]) => ({ block, draft, bytes: bytes.length }));
  }

  bytes(): number {
    return this.#ordered().reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  text(): string {
    return Buffer.concat(this.#ordered().map(({ bytes }) => bytes)).toString();
  }

  #ordered(): { bytes: Buffer }[] {
    return [...this.#blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
  }
}
