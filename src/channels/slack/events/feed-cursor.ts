/** Up to where we heard what is said on Slack: kept with every message, so that what was missed can be fetched. */

import { jsonObject } from "../../../lib/text/json-object.ts";
import { compareTimes } from "../slack-api.ts";

/** Conversations that are asked for what came while we were away: the ones most recently active. */
const mostActive = 30;
/** Nothing older is fetched afterwards, in seconds. */
const oldestS = 86_400;

interface Kept {
  readonly after?: string;
  readonly active?: readonly string[];
}

/** See the file's first line. Conversations are "C1", or "C1:123.4" for a thread. */
export class FeedCursor {
  /** False when this is the first time: then there is nothing to catch up with. */
  readonly wasHere: boolean;
  #newest: string;
  /** While older messages are fetched: the newest one that was handed in before. */
  #frozen: string | undefined;
  #active: string[];

  /** From its text; empty or not ours starts now. */
  constructor(text: string) {
    const { after, active = [] }: Kept = jsonObject(text) ?? {};
    this.wasHere = after !== undefined;
    this.#newest = after ?? `${Math.floor(Date.now() / 1_000)}.000000`;
    this.#active = [...active];
  }

  get active(): readonly string[] {
    return this.#active;
  }

  /** Messages after this time were not handed in yet, as far as we know. */
  get after(): string {
    const after = this.#frozen ?? this.#newest;
    const oldest = `${Math.floor(Date.now() / 1_000) - oldestS}.000000`;
    return compareTimes(after, oldest) < 0 ? oldest : after;
  }

  /** What was missed is being fetched, until `caughtUp`. */
  freeze(): void {
    this.#frozen ??= this.#newest;
  }

  caughtUp(): void {
    this.#frozen = undefined;
  }

  /** A message is handed in now. */
  sawMessage(time: string, conversation: string): void {
    if (compareTimes(time, this.#newest) > 0) this.#newest = time;
    if (this.#active.at(-1) === conversation) return;
    this.#active = [...this.#active.filter((one) => one !== conversation), conversation].slice(-mostActive);
  }

  toString(): string {
    return JSON.stringify({ after: this.#frozen ?? this.#newest, active: this.#active } satisfies Kept);
  }
}
