/** What a connection to Discord is told. */

import { MisconfiguredError } from "../../core/channel/network.ts";

/** What is said about one guild. */
export interface GuildSettings {
  readonly enabled?: boolean;
  /** One entry, and no other channel of the guild is heard. */
  readonly channels?: Readonly<Record<string, { readonly enabled?: boolean }>>;
}

/** Settings of one account; see channels.discord. */
export interface DiscordSettings {
  readonly token: string;
  /** Without the slash at its end. */
  readonly apiRoot: string;
  readonly intents: { readonly messageContent: boolean; readonly guildMembers: boolean };
  /** Undefined: every guild we are in is heard. */
  readonly guilds: Readonly<Record<string, GuildSettings>> | undefined;
  readonly maxLinesPerMessage: number;
  readonly suppressEmbeds: boolean;
}

type GivenSettings = Partial<Omit<DiscordSettings, "intents">> & {
  readonly intents?: Partial<DiscordSettings["intents"]>;
};

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing. */
export function discordSettings(settings: unknown): DiscordSettings {
  const given = settings as GivenSettings;
  const token = given.token?.replace(/^Bot\s+/i, "").trim();
  if (!token) throw new MisconfiguredError("channels.discord.token is missing; set it, or DISCORD_BOT_TOKEN");
  return {
    token,
    apiRoot: (given.apiRoot ?? "https://discord.com/api/v10").replace(/\/+$/, ""),
    intents: {
      messageContent: given.intents?.messageContent ?? true,
      guildMembers: given.intents?.guildMembers ?? false,
    },
    guilds: given.guilds,
    maxLinesPerMessage: given.maxLinesPerMessage ?? 17,
    suppressEmbeds: given.suppressEmbeds ?? true,
  };
}

/** False for a guild or channel the configuration leaves out; a thread counts as its channel. */
export function isHeard({ guilds }: DiscordSettings, guildId: string, channelIds: readonly string[]): boolean {
  if (guilds === undefined) return true;
  const guild = guilds[guildId] ?? guilds["*"];
  if (guild === undefined || guild.enabled === false) return false;
  const { channels } = guild;
  if (channels === undefined || Object.keys(channels).length === 0) return true;
  const entry = channelIds.map((id) => channels[id]).find((one) => one !== undefined) ?? channels["*"];
  return entry !== undefined && entry.enabled !== false;
}
