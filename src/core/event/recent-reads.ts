/** What somebody read a moment ago: who asks again before anything has changed is given the same. */

import type { Store } from "../store.ts";

/** Answers that are kept; each may hold a page of 200 resources. */
const maxAnswers = 4;

/** Remembers answers until the next commit that has events: every change of a resource has one. */
export class RecentReads<Answer> {
  readonly #answers = new Map<string, Answer>();
  #commits = 0;

  constructor(store: Pick<Store, "onCommit">) {
    store.onCommit(() => {
      this.#commits += 1;
      this.#answers.clear();
    });
  }

  /** What was read for this key, or what `read` gives. Nobody may change it. */
  async get(key: string, read: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const commits = this.#commits;
    const answer = await read();
    // What was read before a commit is not what there is after it.
    if (commits === this.#commits && this.#answers.size < maxAnswers) this.#answers.set(key, answer);
    return answer;
  }
}
