/** Who and where somebody is, as Telegram tells it. */

import type { Chat, Message } from "grammy/types";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { topicAddress } from "../telegram-address.ts";

/** Fields of an inbound message that say where it came in. Outside of a topic of its own a forum has the general one. */
export function placeFields({ chat, ...message }: Pick<Message, "chat"> & Partial<Message>) {
  const group = String(chat.id);
  if (chat.type === "private") return { address: group, kind: Kind.DIRECT };
  if (!("is_forum" in chat && chat.is_forum)) return { address: group, kind: Kind.GROUP };
  const topic = message.is_topic_message ? message.message_thread_id : undefined;
  return { address: topicAddress(chat.id, topic), kind: Kind.THREAD, parentAddress: group };
}

/** What a chat is called. */
export function titleOf(chat: Chat): string {
  return chat.type === "private" ? nameOf(chat) : (chat.title ?? "");
}

/** What somebody is called. */
export function nameOf({
  first_name: first,
  last_name: last = "",
}: {
  first_name: string;
  last_name?: string;
}): string {
  return `${first} ${last}`.trim();
}
