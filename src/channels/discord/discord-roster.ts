/** Guilds, channels and threads as far as we were told, and asked for when we were not. */

import { channelTypes, type DiscordChannel, type DiscordGuild, type Dispatch } from "./discord-api.ts";
import { DiscordRefusal, type DiscordRest } from "./rest/discord-rest.ts";

/** Channels that are remembered at most; those that fall out are asked for again. */
const mostChannels = 20_000;

/** See the file's first line. */
export class DiscordRoster {
  readonly #rest: DiscordRest;
  readonly #channels = new Map<string, DiscordChannel>();
  readonly #guilds = new Map<string, { readonly name: string; readonly roles: ReadonlyMap<string, string> }>();

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
    try {
      const channel = await this.#rest.read<DiscordChannel>(`/channels/${id}`, signal);
      this.#keep(channel);
      return channel;
    } catch (error) {
      if (error instanceof DiscordRefusal && error.permanent) return undefined;
      throw error;
    }
  }

  /** What a channel is called, if we know. */
  channelName(id: string): string | undefined {
    return this.#channels.get(id)?.name ?? undefined;
  }

  /** What a role is called, if we know. */
  roleName(guildId: string, id: string): string | undefined {
    return this.#guilds.get(guildId)?.roles.get(id);
  }

  /** What a guild is called, if we know. */
  guildName(id: string): string | undefined {
    return this.#guilds.get(id)?.name;
  }

  #keepGuild({ id, name = "", roles = [], channels = [], threads = [] }: DiscordGuild): void {
    this.#guilds.set(id, { name, roles: new Map(roles.map((role) => [role.id, role.name])) });
    for (const channel of [...channels, ...threads]) this.#keep({ guild_id: id, ...channel });
  }

  #keep(channel: DiscordChannel): void {
    this.#channels.set(channel.id, channel);
    if (this.#channels.size <= mostChannels) return;
    const [oldest] = this.#channels.keys();
    if (oldest !== undefined) this.#channels.delete(oldest);
  }
}

/** True for a thread. */
export function isThread({ type }: Pick<DiscordChannel, "type">): boolean {
  return (channelTypes.threads as readonly number[]).includes(type);
}
