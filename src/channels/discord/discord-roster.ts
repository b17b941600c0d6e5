/** Guilds, channels and threads as far as we were told, and asked for when we were not. */

import { NewestMap } from "../../lib/newest-map.ts";
import {
  channelTypes,
  type DiscordChannel,
  type DiscordGuild,
  type DiscordMember,
  type DiscordRole,
  type Dispatch,
} from "./discord-api.ts";
import { DiscordRefusal, type DiscordRest } from "./rest/discord-rest.ts";

/** Channels that are remembered at most; those that fall out are asked for again. */
const mostChannels = 20_000;

interface KnownGuild {
  readonly name: string;
  readonly roles: ReadonlyMap<string, DiscordRole>;
}

/** See the file's first line. */
export class DiscordRoster {
  readonly #rest: DiscordRest;
  readonly #channels = new NewestMap<string, DiscordChannel>(mostChannels);
  readonly #guilds = new Map<string, KnownGuild>();

  constructor(rest: DiscordRest) {
    this.#rest = rest;
  }

  /** Follows what happens to guilds, channels and threads. */
  hear({ name, data }: Dispatch): void {
    if (name === "GUILD_CREATE" || name === "GUILD_UPDATE") this.#keepGuild(data as DiscordGuild);
    else if (name === "THREAD_LIST_SYNC") {
      const { guild_id, threads } = data as { guild_id: string; threads: readonly DiscordChannel[] };
      for (const thread of threads) this.#keep({ guild_id, ...thread });
    } else if (/^(CHANNEL|THREAD)_(CREATE|UPDATE)$/.test(name)) this.#keep(data as DiscordChannel);
    else if (/^(CHANNEL|THREAD)_DELETE$/.test(name)) this.#channels.delete((data as DiscordChannel).id);
  }

  /** The channel; undefined when Discord does not show it to us. Rejects when Discord cannot be asked now. */
  async channel(id: string, signal: AbortSignal): Promise<DiscordChannel | undefined> {
    const known = this.#channels.get(id);
    if (known !== undefined) return known;
    const channel = await this.#find<DiscordChannel>(`/channels/${id}`, signal);
    if (channel !== undefined) this.#keep(channel);
    return channel;
  }

  /** Somebody as a member of a guild; undefined when they left. Rejects when Discord cannot be asked now. */
  async member(guildId: string, id: string, signal: AbortSignal): Promise<DiscordMember | undefined> {
    return this.#find<DiscordMember>(`/guilds/${guildId}/members/${id}`, signal);
  }

  /** Gets to know a guild we were not told of, as after a restart. Rejects when Discord cannot be asked now. */
  async meetGuild(id: string, signal: AbortSignal): Promise<void> {
    if (id === "" || this.#guilds.has(id)) return;
    this.#keepGuild((await this.#find<DiscordGuild>(`/guilds/${id}`, signal)) ?? { id });
  }

  /** What a channel is called, if we know. */
  channelName(id: string): string | undefined {
    return this.#channels.get(id)?.name ?? undefined;
  }

  /** What a role is called, if we know. */
  roleName(guildId: string, id: string): string | undefined {
    return this.#guilds.get(guildId)?.roles.get(id)?.name;
  }

  /** True for the role that Discord made for this bot: people often mention it instead of the bot. */
  isRoleOf(guildId: string, id: string, botId: string): boolean {
    return this.#guilds.get(guildId)?.roles.get(id)?.tags?.bot_id === botId;
  }

  /** What a guild is called, if we know. */
  guildName(id: string): string | undefined {
    return this.#guilds.get(id)?.name;
  }

  async #find<T>(path: string, signal: AbortSignal): Promise<T | undefined> {
    try {
      return await this.#rest.read<T>(path, signal);
    } catch (error) {
      if (error instanceof DiscordRefusal && error.permanent) return undefined;
      throw error;
    }
  }

  #keepGuild({ id, name = "", roles = [], channels = [], threads = [] }: DiscordGuild): void {
    this.#guilds.set(id, { name, roles: new Map(roles.map((role) => [role.id, role])) });
    for (const channel of [...channels, ...threads]) this.#keep({ guild_id: id, ...channel });
  }

  #keep(channel: DiscordChannel): void {
    this.#channels.set(channel.id, channel);
  }
}

/** True for a thread. */
export function isThread({ type }: Pick<DiscordChannel, "type">): boolean {
  return (channelTypes.threads as readonly number[]).includes(type);
}
