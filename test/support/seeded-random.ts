/** Random numbers a failing test can repeat: the same seed gives the same numbers. */

/** Draws numbers, choices and texts. */
export class SeededRandom {
  readonly seed: number;
  #state: number;

  /** Without a seed, one is drawn; print it when a test fails. */
  constructor(seed = Math.floor(Math.random() * 2 ** 32)) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** Words of letters that take one to four bytes. */
  text(words: number): string {
    const letters = ["a", "z", "é", "語", "𝄞", "👩‍🚀", "\n", "ß"];
    const word = (): string => Array.from({ length: this.between(1, 6) }, () => this.pick(letters)).join("");
    return Array.from({ length: words }, word).join(" ");
  }
}
