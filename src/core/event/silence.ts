/** Notices when nothing was said for too long. */

/** Counts from its making and from every `broken`. Does not keep the process alive. */
export class Silence {
  readonly #timer: NodeJS.Timeout;
  #isLong = false;

  /** Calls `onLong` when nothing was said for `limitMs`; after that only when it was broken in between. */
  constructor(limitMs: number, onLong: () => void) {
    this.#timer = setTimeout(() => {
      this.#isLong = true;
      onLong();
    }, limitMs).unref();
  }

  /** True when nothing was said for as long as the limit. */
  get isLong(): boolean {
    return this.#isLong;
  }

  /** Something was said: it starts anew. */
  broken(): void {
    this.#isLong = false;
    this.#timer.refresh();
  }

  /** It is listened to no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
