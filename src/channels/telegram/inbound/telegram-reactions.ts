/** From an update about reactions to inbound reactions: one for each emoji that was put on the message, or taken away. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Chat, ReactionType, Update, User } from "grammy/types";
import { type InboundMessage, InboundMessageSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { nameOf, placeFields, titleOf } from "./telegram-people.ts";

/** What was put on a message or taken away by the update, in the order it is told; empty for any other update. */
export function reactionsIn(
  { update_id: update, message_reaction: told }: Update,
  us: Pick<User, "id">,
): InboundMessage[] {
  if (told === undefined) return [];
  const { chat, user, actor_chat: inNameOf, message_id: id, date } = told;
  if (user?.id === us.id || (user ?? inNameOf) === undefined) return [];
  const [before, after] = [told.old_reaction.map(emojiOf), told.new_reaction.map(emojiOf)];
  const taken = before.filter((emoji) => !after.includes(emoji)).map((emoji) => ({ emoji, remove: true }));
  const put = after.filter((emoji) => !before.includes(emoji)).map((emoji) => ({ emoji, remove: false }));
  return [...taken, ...put].map((reaction) =>
    create(InboundMessageSchema, {
      // Telegram does not say in which topic the message is; core knows.
      ...placeFields({ chat }),
      ...reactorOf(user, inNameOf),
      conversationTitle: titleOf(chat),
      platformId: `${id}/reaction/${update}/${reaction.emoji}`,
      replyTo: String(id),
      time: timestampFromMs(date * 1_000),
      reaction,
    }),
  );
}

/** Whoever reacts as a group or channel is that group or channel. */
function reactorOf(user: User | undefined, chat: Chat | undefined) {
  if (user === undefined) return chat && { senderAddress: String(chat.id), senderTitle: titleOf(chat) };
  return { senderAddress: String(user.id), senderTitle: nameOf(user), senderIsBot: user.is_bot };
}

/** An emoji of somebody's own has a number only. */
function emojiOf(reaction: ReactionType): string {
  if (reaction.type === "emoji") return reaction.emoji;
  return reaction.type === "custom_emoji" ? `custom:${reaction.custom_emoji_id}` : "⭐";
}
