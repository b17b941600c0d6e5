/** People and channels on Discord, asked for when somebody looks them up. */

import { type DirectoryEntry, Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { directoryEntry, fitsQuery } from "../../core/channel/conversation/directory-entry.ts";
import type { DirectoryQuery } from "../../core/channel/network.ts";
import type { DiscordChannel, DiscordGuild, DiscordMember, DiscordUser } from "./discord-api.ts";
import { directAddress } from "./discord-inbound.ts";
import type { DiscordRest } from "./rest/discord-rest.ts";

/** Channels somebody can write in: text, announcements, and the text beside voice. */
const textTypes = [0, 2, 5];
const answerMs = 20_000;

/** What is found. "members" wants a guild's or channel's id as query; others take words that must all occur. */
export async function lookUp(rest: DiscordRest, { kind, query, limit }: DirectoryQuery): Promise<DirectoryEntry[]> {
  const signal = AbortSignal.timeout(answerMs);
  if (kind === "self") return [person(await rest.read<DiscordUser>("/users/@me", signal))];
  if (kind === "members") return membersOf(rest, { query, limit, signal });
  const guilds = await rest.read<DiscordGuild[]>("/users/@me/guilds", signal);
  const found: DirectoryEntry[] = [];
  for (const guild of guilds) {
    if (found.length >= limit) break;
    const entries =
      kind === "groups" ? channelsOf(rest, guild, signal) : peersOf(rest, guild, { query, limit, signal });
    found.push(...(kind === "groups" ? (await entries).filter(fitsQuery(query)) : await entries));
  }
  return [...new Map(found.map((entry) => [entry.address, entry])).values()].slice(0, limit);
}

interface Search {
  readonly query: string;
  readonly limit: number;
  readonly signal: AbortSignal;
}

async function channelsOf(
  rest: DiscordRest,
  { id, name }: DiscordGuild,
  signal: AbortSignal,
): Promise<DirectoryEntry[]> {
  const channels = await rest.read<DiscordChannel[]>(`/guilds/${id}/channels`, signal);
  return channels
    .filter(({ type }) => textTypes.includes(type))
    .map((channel) => {
      const title = `#${channel.name ?? channel.id} in ${name ?? id}`;
      return directoryEntry(channel.id, title, Kind.GROUP);
    });
}

/** Discord finds people by the beginning of their name. */
async function peersOf(rest: DiscordRest, { id }: DiscordGuild, { query, limit, signal }: Search) {
  const start = query.trim();
  if (start === "") return [];
  const search = new URLSearchParams({ query: start, limit: String(Math.min(limit, 1_000)) });
  const members = await rest.read<DiscordMember[]>(`/guilds/${id}/members/search?${search}`, signal);
  return members.flatMap(({ user, nick }) => (user === undefined ? [] : [person(user, nick)]));
}

async function membersOf(rest: DiscordRest, { query, limit, signal }: Search): Promise<DirectoryEntry[]> {
  const id = query.trim();
  if (!/^\d{5,25}$/.test(id)) return [];
  const channel = await rest.read<DiscordChannel>(`/channels/${id}`, signal).catch(() => undefined);
  const guild = channel?.guild_id ?? id;
  const members = await rest.read<DiscordMember[]>(`/guilds/${guild}/members?limit=${Math.min(limit, 1_000)}`, signal);
  return members.flatMap(({ user, nick }) => (user === undefined ? [] : [person(user, nick)]));
}

function person({ id, username, global_name }: DiscordUser, nick?: string | null): DirectoryEntry {
  const shown = nick || global_name;
  const title = shown && shown !== username ? `${shown} (@${username})` : `@${username}`;
  return directoryEntry(directAddress(id), title, Kind.DIRECT);
}
