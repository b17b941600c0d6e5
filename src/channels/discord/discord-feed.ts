/** What happens on Discord, handled one after the other: messages are handed in, and missed ones fetched. */

import { Turns } from "../../lib/turns.ts";
import {
  compareIds,
  type DiscordChannel,
  type DiscordGuild,
  type DiscordInteraction,
  type DiscordMessage,
  type DiscordReaction,
  type Dispatch,
} from "./discord-api.ts";
import { pressedFrom } from "./discord-buttons.ts";
import { inboundFrom, type ReadingParts } from "./discord-inbound.ts";
import { reactionFrom } from "./discord-reactions.ts";
import type { GatewayLine } from "./gateway/gateway-line.ts";
import type { SessionCursor } from "./gateway/session-cursor.ts";
import { DiscordRefusal, type DiscordRest } from "./rest/discord-rest.ts";

/** Happenings that wait before Discord has to wait too. */
const mostWaiting = 200;
/** Missed messages of one channel that are fetched at most. */
const mostMissed = 500;
const pageSize = 100;
/** Discord takes an answer to a pressed button for this long, in ms. */
const ackMs = 3_000;

/** What the feed works with. */
export interface FeedParts extends ReadingParts {
  readonly rest: DiscordRest;
  readonly cursor: SessionCursor;
  /** Told what we said ourselves, by the nonce it was said with. */
  readonly onOwn: (nonce: string, message: DiscordMessage) => void;
}

/** See the file's first line. */
export class DiscordFeed {
  readonly #parts: FeedParts;
  readonly #turns = new Turns();
  #waiting = 0;
  #broken: GatewayLine | undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Takes what happened; it is handled after everything before. What cannot be handled ends the line, to be told again. */
  hear(dispatch: Dispatch, line: GatewayLine): void {
    this.#waiting += 1;
    if (this.#waiting === mostWaiting) line.pause();
    void this.#turns.run(() => this.#handle(dispatch, line));
  }

  /** Resolves when everything that came was handled. */
  get settled(): Promise<void> {
    return this.#turns.ended();
  }

  async #handle(dispatch: Dispatch, line: GatewayLine): Promise<void> {
    const { cursor, signal, host } = this.#parts;
    try {
      if (signal.aborted || this.#broken === line) return;
      await this.#take(dispatch);
      cursor.reached(dispatch.seq);
    } catch (error) {
      this.#broken = line;
      if (!signal.aborted)
        host.log.warn({ err: error, happened: dispatch.name }, "what Discord told could not be handled");
      line.close("what Discord told could not be handled");
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) line.resume();
    }
  }

  async #take(dispatch: Dispatch): Promise<void> {
    const { name, data, seq } = dispatch;
    this.#parts.roster.hear(dispatch);
    const { cursor, host } = this.#parts;
    const wasBehind = cursor.isBehind;
    if (name === "READY") await this.#begin(data as ReadyData, seq);
    else if (name === "RESUMED" && wasBehind) await this.#catchUpDirect(seq);
    else if (name === "GUILD_CREATE") await this.#catchUpGuild(data as DiscordGuild, seq);
    else if (name === "GUILD_DELETE") cursor.fetchedIn((data as DiscordGuild).id);
    else if (name === "MESSAGE_CREATE") await this.#handIn(data as DiscordMessage, seq);
    else if (name === "MESSAGE_UPDATE") await this.#handInEdit(data as Partial<DiscordMessage>, seq);
    else if (name === "MESSAGE_REACTION_ADD") await this.#handInReaction(data as DiscordReaction, false, seq);
    else if (name === "MESSAGE_REACTION_REMOVE") await this.#handInReaction(data as DiscordReaction, true, seq);
    else if (name === "INTERACTION_CREATE") await this.#handInPressed(data as DiscordInteraction, seq);
    if (wasBehind && !cursor.isBehind) await host.keepCursor(cursor.textWith(seq));
  }

  async #begin({ session_id, resume_gateway_url, guilds = [] }: ReadyData, seq: number): Promise<void> {
    const { cursor, host } = this.#parts;
    cursor.begin({ session: session_id, url: resume_gateway_url, seq, guilds: guilds.map(({ id }) => id) });
    await host.keepCursor(cursor.textWith(seq));
    await this.#catchUpDirect(seq);
  }

  async #catchUpDirect(seq: number): Promise<void> {
    const { cursor } = this.#parts;
    for (const id of cursor.direct) await this.#catchUp({ id }, seq);
    cursor.fetchedDirect();
  }

  async #catchUpGuild({ id: guild_id, channels = [], threads = [] }: DiscordGuild, seq: number): Promise<void> {
    const { cursor } = this.#parts;
    const { after } = cursor;
    if (!cursor.awaits(guild_id)) return;
    if (after !== undefined) {
      const missed = [...channels, ...threads].filter(
        ({ last_message_id: last }) => last && compareIds(last, after) > 0,
      );
      for (const channel of missed) await this.#catchUp({ ...channel, guild_id }, seq);
    }
    cursor.fetchedIn(guild_id);
  }

  /** Hands in what was said in a channel while we were away, oldest first. */
  async #catchUp({ id, guild_id }: Pick<DiscordChannel, "id" | "guild_id">, seq: number): Promise<void> {
    const { rest, cursor, signal, host } = this.#parts;
    let { after } = cursor;
    for (let count = 0; after !== undefined && count < mostMissed; count += pageSize) {
      const path: string = `/channels/${id}/messages?after=${after}&limit=${pageSize}`;
      const page = await rest.read<DiscordMessage[]>(path, signal).catch((error: unknown) => {
        if (error instanceof DiscordRefusal && error.permanent) return [];
        throw error;
      });
      const messages = page.sort((a, b) => compareIds(a.id, b.id));
      for (const message of messages) await this.#handIn(await this.#whole(message, guild_id), seq);
      after = messages.length < pageSize ? undefined : messages.at(-1)?.id;
    }
    if (after !== undefined)
      host.log.warn({ discordChannel: id, fetched: mostMissed }, "more was missed than is fetched");
  }

  /** What is fetched lacks the guild and who somebody is in it. */
  async #whole(message: DiscordMessage, guild_id: string | undefined): Promise<DiscordMessage> {
    const { roster, signal, self } = this.#parts;
    if (guild_id === undefined || message.author.id === self.id) return message;
    const member = message.webhook_id === undefined && (await roster.member(guild_id, message.author.id, signal));
    return { guild_id, ...(member && { member }), ...message };
  }

  async #handIn(message: DiscordMessage, seq: number): Promise<void> {
    const { host, cursor, self, onOwn } = this.#parts;
    if (message.author.id === self.id && message.nonce) onOwn(String(message.nonce), message);
    const inbound = await inboundFrom(message, this.#parts);
    if (inbound === undefined) return;
    cursor.sawMessage(message.id, message.guild_id === undefined ? message.channel_id : undefined);
    await host.receive(inbound, cursor.textWith(seq));
  }

  /** Discord has no ids of reactions: they are told apart by their place in the session. */
  async #handInReaction(reaction: DiscordReaction, remove: boolean, seq: number): Promise<void> {
    const { cursor, host } = this.#parts;
    const session = cursor.resumePoint?.session ?? "";
    const inbound = await reactionFrom({ reaction, remove, session, seq }, this.#parts);
    if (inbound !== undefined) await host.receive(inbound, cursor.textWith(seq));
  }

  async #handInPressed(interaction: DiscordInteraction, seq: number): Promise<void> {
    const { cursor, host, rest } = this.#parts;
    const inbound = await pressedFrom(interaction, this.#parts);
    if (inbound === undefined) return;
    await host.receive(inbound, cursor.textWith(seq));
    // The button stops to spin; one that was pressed too long ago spins no more.
    const path = `/interactions/${interaction.id}/${interaction.token}/callback`;
    rest.ask({ method: "POST", path, body: { type: 6 }, signal: AbortSignal.timeout(ackMs) }).catch(() => {});
  }

  /** Only what its author changed: Discord also tells of previews it added. */
  async #handInEdit(message: Partial<DiscordMessage>, seq: number): Promise<void> {
    const { author, content, edited_timestamp, type = 0 } = message;
    if (author === undefined || content === undefined || !edited_timestamp) return;
    const whole = { ...(message as DiscordMessage), type, attachments: [] };
    const inbound = await inboundFrom(whole, this.#parts);
    if (inbound === undefined) return;
    inbound.edited = true;
    await this.#parts.host.receive(inbound, this.#parts.cursor.textWith(seq));
  }
}

/** The beginning of a session. */
export interface ReadyData {
  readonly session_id: string;
  readonly resume_gateway_url: string;
  readonly guilds?: readonly DiscordGuild[];
}
