/** Updates that wait to be taken: kept until they are confirmed, given to one question at a time. */

/** An update as the Bot API has it. */
export type FakeUpdate = { readonly update_id: number } & Readonly<Record<string, unknown>>;

interface Waiting {
  readonly answer: (updates: readonly FakeUpdate[] | "conflict") => void;
}

/** See the file's first line. */
export class FakeUpdates {
  /** Not confirmed yet, in order. */
  readonly pending: FakeUpdate[] = [];
  /** Kinds of updates the bot asked for; without a word, the usual ones. */
  wanted: readonly string[] = ["message", "callback_query"];
  #lastId = 700;
  #waiting: Waiting | undefined;

  /** Adds one; resolves its number. */
  add(content: Readonly<Record<string, unknown>>): FakeUpdate {
    this.#lastId += 1;
    const update = { update_id: this.#lastId, ...content };
    this.pending.push(update);
    this.#waiting?.answer(this.pending.slice(0, 100));
    return update;
  }

  /** Everything below the offset is confirmed, and forgotten. A question that waits already is told of the conflict. */
  ask(offset: number | undefined, timeoutMs: number): Promise<readonly FakeUpdate[] | "conflict"> {
    const kept = this.pending.filter((update) => offset === undefined || update.update_id >= offset);
    this.pending.splice(0, this.pending.length, ...kept);
    this.#waiting?.answer("conflict");
    if (kept.length > 0 || timeoutMs === 0) return Promise.resolve(kept.slice(0, 100));
    const { promise, resolve } = Promise.withResolvers<readonly FakeUpdate[] | "conflict">();
    const timer = setTimeout(() => waiting.answer([]), timeoutMs);
    const waiting: Waiting = {
      answer: (updates) => {
        clearTimeout(timer);
        if (this.#waiting === waiting) this.#waiting = undefined;
        resolve(updates);
      },
    };
    this.#waiting = waiting;
    return promise;
  }

  /** Nobody waits any more. */
  hangUp(): void {
    this.#waiting?.answer([]);
  }
}
