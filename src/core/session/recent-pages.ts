/** Pages of a list that somebody read a moment ago: who looks again before anything has changed is given the same. */

import type { Store } from "../store.ts";

/** Pages that are kept; each may hold 200 resources. */
const maxPages = 4;

/** Remembers pages until the next commit that has events: every change of a resource has one. */
export class RecentPages<Page> {
  readonly #pages = new Map<string, Page>();
  #commits = 0;

  constructor(store: Pick<Store, "onCommit">) {
    store.onCommit(() => {
      this.#commits += 1;
      this.#pages.clear();
    });
  }

  /** The page that was read for this key, or what `read` gives. Nobody may change it. */
  async page(key: string, read: () => Promise<Page>): Promise<Page> {
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const commits = this.#commits;
    const page = await read();
    // What was read before a commit is not what there is after it.
    if (commits === this.#commits && this.#pages.size < maxPages) this.#pages.set(key, page);
    return page;
  }
}
