/** Work one after the other: all of it, or all that has the same key. */

/** Turns in the order in which they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` once everything asked for before has ended, however it ended; resolves or rejects as `work` does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(ignore);
    return turn;
  }

  /** Resolves when everything asked for until now has ended. */
  async ended(): Promise<void> {
    await this.#last;
  }
}

/** Turns for each key, for as long as somebody has or wants one: work with another key does not wait. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` once everything asked for before with this key has ended; resolves or rejects as it does. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.then(ignore, ignore);
    this.#tails.set(key, settled);
    void settled.then(() => {
      if (this.#tails.get(key) === settled) this.#tails.delete(key);
    });
    return result;
  }
}

function ignore(): void {}
