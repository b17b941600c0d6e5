/** Text as Discord writes it, with names instead of numbers. */

import type { DiscordMessage } from "./discord-api.ts";
import type { DiscordRoster } from "./discord-roster.ts";

/** Names for the numbers in the text. Our own mention at its beginning is left out: it says who is meant, not what. */
export function readableText(message: DiscordMessage, selfId: string, roster: DiscordRoster): string {
  const { content, mentions = [], guild_id = "" } = message;
  const nameOf = (id: string): string | undefined => {
    const found = mentions.find((one) => one.id === id);
    return found && (found.global_name || found.username);
  };
  return content
    .replace(new RegExp(`^\\s*(?:<@!?${selfId}>[\\s,:]*)+`), "")
    .replace(/<@!?(\d+)>/g, (whole, id: string) => named("@", nameOf(id), whole))
    .replace(/<@&(\d+)>/g, (whole, id: string) => named("@", roster.roleName(guild_id, id), whole))
    .replace(/<#(\d+)>/g, (whole, id: string) => named("#", roster.channelName(id), whole))
    .replace(/<a?:(\w+):\d+>/g, ":$1:")
    .replace(/<\/([^:>]+):\d+>/g, "/$1");
}

function named(mark: string, name: string | undefined, otherwise: string): string {
  return name === undefined ? otherwise : `${mark}${name}`;
}
