/** Where we are in what Discord tells: kept with every message, so that nothing is missed over a restart. */

import { jsonObject } from "../../../lib/text/json-object.ts";
import { compareIds, idAt } from "../discord-api.ts";
import type { ResumePoint } from "./gateway-line.ts";

/** Direct conversations that are asked for what came while we were away. */
const mostDirect = 200;
/** Nothing older is fetched afterwards, in ms. */
const oldestMs = 86_400_000;

/** As it is kept. */
interface Kept {
  readonly session?: string;
  readonly url?: string;
  readonly seq?: number;
  readonly after?: string;
  readonly direct?: readonly string[];
}

/** See the file's first line. */
export class SessionCursor {
  #session: string;
  #seq: number;
  /** Newest message that was handed in. */
  #newest: string;
  /** While older messages are fetched: the newest one that was handed in before. */
  #frozen: string | undefined;
  #direct: string[];
  #url: string;

  /** From its text; empty or not ours starts anew. */
  constructor(text: string) {
    const kept: Kept = jsonObject(text) ?? {};
    this.#session = kept.session ?? "";
    this.#url = kept.url ?? "";
    this.#seq = kept.seq ?? 0;
    this.#newest = kept.after ?? "";
    this.#direct = [...(kept.direct ?? [])];
  }

  /** The session to go on with; undefined when there is none. */
  get resumePoint(): ResumePoint | undefined {
    return this.#session === "" ? undefined : { session: this.#session, seq: this.#seq };
  }

  /** Where to connect to go on with it. */
  get url(): string {
    return this.#url;
  }

  /** Conversations with one person, by their channel. */
  get direct(): readonly string[] {
    return this.#direct;
  }

  /** Messages after this id were not handed in yet, as far as we know; undefined when we were never there. */
  get after(): string | undefined {
    const after = this.#frozen ?? this.#newest;
    const oldest = idAt(Date.now() - oldestMs);
    if (after === "") return undefined;
    return compareIds(after, oldest) < 0 ? oldest : after;
  }

  /** A new session: what came before it has to be fetched, until `caughtUp`. */
  begin(session: string, url: string): void {
    this.#session = session;
    this.#url = url;
    if (this.#newest === "") this.#newest = idAt(Date.now());
    this.#frozen ??= this.#newest;
  }

  /** Everything older was fetched. */
  caughtUp(): void {
    this.#frozen = undefined;
  }

  /** The session is over. */
  forgetSession(): void {
    this.#session = "";
    this.#seq = 0;
  }

  /** Everything up to here was handled. */
  reached(seq: number): void {
    this.#seq = seq;
  }

  /** A message is handed in now. */
  sawMessage(id: string, directChannel: string | undefined): void {
    if (compareIds(id, this.#newest) > 0) this.#newest = id;
    if (directChannel === undefined || this.#direct.at(-1) === directChannel) return;
    this.#direct = [...this.#direct.filter((one) => one !== directChannel), directChannel].slice(-mostDirect);
  }

  /** To be kept; `seq` is what is handled once it is. */
  textWith(seq: number): string {
    const kept: Kept = {
      ...(this.#session !== "" && { session: this.#session, url: this.#url, seq }),
      after: this.#frozen ?? this.#newest,
      direct: this.#direct,
    };
    return JSON.stringify(kept);
  }

  toString(): string {
    return this.textWith(this.#seq);
  }
}
