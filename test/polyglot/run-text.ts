/** The live output of a run, by the rules of Delta in run.proto alone: what a client without our library writes itself. */

/** A delta; the 64-bit offset as the client's library gives it. */
export interface DeltaLike {
  readonly block: number;
  readonly draft: number;
  readonly offset: bigint | string;
  readonly text: string;
}

/** Holds bytes, as offsets count them. */
export class RunText {
  readonly #blocks = new Map<number, { draft: number; bytes: Uint8Array }>();

  /** Takes in one delta; fails when bytes before it are missing. */
  apply({ block, draft, offset, text }: DeltaLike): void {
    let held = this.#blocks.get(block);
    if (held !== undefined && held.draft !== draft) {
      for (const number of [...this.#blocks.keys()]) if (number >= block) this.#blocks.delete(number);
      held = undefined;
    }
    const before = held?.bytes ?? new Uint8Array();
    const start = Number(offset);
    if (start > before.length) throw new Error(`bytes ${before.length} to ${start} of block ${block} are missing`);
    const bytes = new TextEncoder().encode(text);
    if (start === before.length) this.#blocks.set(block, { draft, bytes: new Uint8Array([...before, ...bytes]) });
    else if (start === 0) this.#blocks.set(block, { draft, bytes });
  }

  /** WatchRunRequest.held, `bytes` to be written as the client's library wants it. */
  held(): { block: number; draft: number; bytes: number }[] {
    return [...this.#blocks].map(([block, { draft, bytes }]) => ({ block, draft, bytes: bytes.length }));
  }

  bytes(): number {
    return this.held().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  text(): string {
    const ordered = [...this.#blocks].sort(([a], [b]) => a - b);
    return ordered.map(([, { bytes }]) => new TextDecoder().decode(bytes)).join("");
  }
}
