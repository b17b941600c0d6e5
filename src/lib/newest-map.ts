/** Remembering a bounded number of things. */

/** A map that holds so many entries at most: beyond, those that were set longest ago are forgotten. */
export class NewestMap<K, V> extends Map<K, V> {
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    const [oldest] = this.keys();
    if (this.size > this.#most) this.delete(oldest as K);
    return this;
  }
}
