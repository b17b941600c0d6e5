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
  /** Present while what was missed before the session is fetched: the guilds it was not fetched in yet. */
  readonly awaited?: readonly string[];
}

/** The beginning of a session. */
export interface SessionBegin {
  readonly session: string;
  /** Where to connect to go on with it. */
  readonly url: string;
  /** Its place in what is told. */
  readonly seq: number;
  /** Guilds that will tell their channels. */
  readonly guilds: readonly string[];
}

/** See the file's first line. */
export class SessionCursor {
  #session: string;
  #seq: number;
  /** Newest message that was handed in. */
  #newest: string;
  /** While older messages are fetched: the newest one that was handed in before. */
  #frozen: string | undefined;
  /** Meanwhile the session is gone on with from its beginning: guilds tell their channels only there. */
  #begun = 0;
  readonly #awaited: Set<string>;
  #isDirectFetched = false;
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
    this.#awaited = new Set(kept.awaited);
    if (kept.awaited === undefined || this.#session === "") return;
    this.#frozen = this.#newest;
    this.#begun = this.#seq;
  }

  /** The session to go on with; undefined when there is none. */
  get resumePoint(): ResumePoint | undefined {
    return this.#session === "" ? undefined : { session: this.#session, seq: this.#seqToKeep(this.#seq) };
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

  /** True while what was missed before the session is not all fetched. */
  get isBehind(): boolean {
    return this.#frozen !== undefined;
  }

  /** A new session: what came before it has to be fetched, in direct conversations and in every guild. */
  begin({ session, url, seq, guilds }: SessionBegin): void {
    this.#session = session;
    this.#url = url;
    this.#begun = seq;
    this.#awaited.clear();
    for (const id of guilds) this.#awaited.add(id);
    this.#isDirectFetched = false;
    if (this.#newest === "") this.#newest = idAt(Date.now());
    this.#frozen ??= this.#newest;
  }

  /** True for a guild in which it is not fetched yet. */
  awaits(guildId: string): boolean {
    return this.#awaited.has(guildId);
  }

  /** It was fetched in a guild, or there is nothing to fetch. */
  fetchedIn(guildId: string): void {
    if (this.#awaited.delete(guildId)) this.#caughtUp();
  }

  /** It was fetched in direct conversations. */
  fetchedDirect(): void {
    this.#isDirectFetched = true;
    this.#caughtUp();
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
      ...(this.#session !== "" && { session: this.#session, url: this.#url, seq: this.#seqToKeep(seq) }),
      after: this.#frozen ?? this.#newest,
      direct: this.#direct,
      ...(this.isBehind && { awaited: [...this.#awaited] }),
    };
    return JSON.stringify(kept);
  }

  toString(): string {
    return this.textWith(this.#seq);
  }

  #caughtUp(): void {
    if (this.#isDirectFetched && this.#awaited.size === 0) this.#frozen = undefined;
  }

  #seqToKeep(seq: number): number {
    return this.isBehind ? Math.min(this.#begun, seq) : seq;
  }
}
