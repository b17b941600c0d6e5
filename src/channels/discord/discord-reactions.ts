/** From a reaction on Discord to an inbound reaction. */

import { create } from "@bufbuild/protobuf";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { channelTypes, type DiscordReaction } from "./discord-api.ts";
import { placeOf, type ReadingParts, senderFields } from "./discord-inbound.ts";
import { isHeard } from "./discord-settings.ts";

/** What happened, and the place of it in the session, which tells it from the same done again. */
export interface ReactionEvent {
  readonly reaction: DiscordReaction;
  readonly remove: boolean;
  /** The session, and how many happenings of it came before. */
  readonly session: string;
  readonly seq: number;
}

/** The reaction; undefined when it is our own, or in a guild, channel or conversation that is not heard. */
export async function reactionFrom(event: ReactionEvent, parts: ReadingParts): Promise<InboundMessage | undefined> {
  const { reaction, remove, session, seq } = event;
  const { self, roster, settings, signal } = parts;
  const { user_id: id, channel_id, message_id, message_author_id: author, guild_id = "", emoji } = reaction;
  if (id === self.id || emojiText(emoji) === "") return undefined;
  const channel = await roster.channel(channel_id, signal);
  if (guild_id === "" && channel?.type === channelTypes.groupDirect) return undefined;
  if (guild_id !== "" && !isHeard(settings, guild_id, [channel_id, channel?.parent_id ?? ""])) return undefined;
  await roster.meetGuild(guild_id, signal);
  const member = guild_id === "" ? undefined : (reaction.member ?? (await roster.member(guild_id, id, signal)));
  const user = member?.user ?? channel?.recipients?.find((one) => one.id === id) ?? { id, username: "" };
  return create(InboundMessageSchema, {
    ...placeOf({ guild_id, channel_id, author: user }, channel, roster),
    ...senderFields(user, member),
    platformId: `${message_id}/reaction/${session}/${seq}`,
    replyTo: message_id,
    repliesToUs: author === self.id,
    space: guild_id,
    reaction: { emoji: emojiText(emoji), remove },
  });
}

/** An emoji of a guild's own is called as people write it. */
function emojiText({ id, name }: DiscordReaction["emoji"]): string {
  return id ? `:${name || id}:` : (name ?? "");
}
