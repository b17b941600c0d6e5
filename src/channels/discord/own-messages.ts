/** What we said on Discord, so that a message whose answer we never heard is found. */

const mostOwn = 1_000;

/** The newest messages of ours, by the nonce they were sent with. */
export class OwnMessages {
  readonly #ids = new Map<string, string>();

  keep(nonce: string, id: string): void {
    this.#ids.set(nonce, id);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > mostOwn && oldest !== undefined) this.#ids.delete(oldest);
  }

  find(nonce: string): string | undefined {
    return this.#ids.get(nonce);
  }
}
