/** From an update of the Bot API to an inbound message. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CallbackQuery, Message, Update, User } from "grammy/types";
import { type InboundMessage, InboundMessageSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { buttonId } from "../telegram-address.ts";
import { fileOf, type SentFile, wordsFor } from "./telegram-content.ts";
import { isForAnotherBot, mentionsUs, withoutAddress } from "./telegram-mentions.ts";
import { nameOf, placeFields, titleOf } from "./telegram-people.ts";

/** What an update brings. */
export interface Brought {
  readonly message: InboundMessage;
  /** What is to be fetched; the message's text stands without it. */
  readonly files: readonly SentFile[];
  /** A button was pressed, and spins until this is answered. */
  readonly callback?: string;
}

/** Who we are. */
export type Us = Pick<User, "id"> & { readonly username?: string };

/** The message in an update; undefined when there is none for us. */
export function broughtBy(update: Update, us: Us): Brought | undefined {
  if (update.callback_query !== undefined) return pressed(update.callback_query, us);
  const edited = update.edited_message ?? update.edited_channel_post;
  const message = update.message ?? update.channel_post ?? edited;
  return message && said(message, us, edited !== undefined);
}

/** What says in which conversation something happened; updates with the same are taken one after the other. */
export function laneOf(update: Update | undefined): string {
  const { message, channel_post: post, edited_message: edited, edited_channel_post: editedPost } = update ?? {};
  const about = message ?? post ?? edited ?? editedPost ?? update?.callback_query?.message ?? update?.message_reaction;
  return String(about?.chat.id ?? "");
}

function said(message: Message, us: Us, edited: boolean): Brought | undefined {
  const file = fileOf(message);
  const written = message.text ?? message.caption ?? "";
  const text = [wordsFor(message), withoutAddress(written, us)].filter(Boolean).join("\n");
  const sender = senderOf(message);
  if (text.trim() === "" && file === undefined) return undefined;
  if (sender.senderAddress === String(us.id) || isForAnotherBot(message, us)) return undefined;
  const { chat, reply_to_message: reply } = message;
  const inbound = create(InboundMessageSchema, {
    ...sender,
    ...placeFields(message),
    platformId: String(message.message_id),
    conversationTitle: titleOf(chat),
    text,
    time: timestampFromMs(message.date * 1_000),
    mentionsUs: chat.type !== "private" && mentionsUs(message, us),
    ...(reply && !reply.forum_topic_created && replyFields(message, reply, us)),
    edited,
  });
  return { message: inbound, files: file === undefined ? [] : [file] };
}

function replyFields(message: Message, reply: NonNullable<Message["reply_to_message"]>, us: Us) {
  return {
    repliesToUs: reply.from?.id === us.id,
    replyTo: String(reply.message_id),
    replyText: message.quote?.text ?? reply.text ?? reply.caption ?? "",
  };
}

/** A button says what is behind it, in the conversation its message is in. */
function pressed({ id, from, message, data }: CallbackQuery, us: Us): Brought | undefined {
  if (message === undefined || data === undefined) return undefined;
  // A message that is gone, or too old to be shown, has the date 0.
  const shown = message.date === 0 ? undefined : (message as Message);
  const inbound = create(InboundMessageSchema, {
    senderAddress: String(from.id),
    senderTitle: nameOf(from),
    senderIsBot: from.is_bot,
    ...placeFields(shown ?? { chat: message.chat }),
    platformId: buttonId(message.message_id, id),
    conversationTitle: titleOf(message.chat),
    text: data,
    button: true,
    mentionsUs: message.chat.type !== "private",
    repliesToUs: shown === undefined || shown.from?.id === us.id,
    replyTo: String(message.message_id),
    replyText: shown?.text ?? shown?.caption ?? "",
  });
  return { message: inbound, files: [], callback: id };
}

/** Whoever writes in the name of a group or channel is that group or channel. */
function senderOf({ from, sender_chat: inNameOf, chat }: Message) {
  if (from === undefined || inNameOf !== undefined) {
    const sender = inNameOf ?? chat;
    return { senderAddress: String(sender.id), senderTitle: titleOf(sender), senderIsBot: false };
  }
  return { senderAddress: String(from.id), senderTitle: nameOf(from), senderIsBot: from.is_bot };
}
