/** The message somebody reacted to, as far as the gateway knows it. */

import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { cutText } from "../../../lib/text/cut-text.ts";
import type { ReadTables } from "../../store.ts";
import { partName } from "../channel-names.ts";
import { type Arrival, messageKey } from "../inbound/arrival.ts";

/** Conversations of a channel that are looked into; networks may count their messages anew in each. */
const mostConversations = 50;

/** Most of what such a message says that is kept with a reaction, in UTF-16 units. */
const longestText = 300;

/** A message that was reacted to. */
export interface ReactedMessage {
  /** "channels/{channel}/conversations/{conversation}" it is in. */
  readonly conversation: string;
  /** We said it. */
  readonly ours: boolean;
  /** What it says; empty when that is no longer kept. */
  readonly text: string;
}

/**
 * Looks among what we sent and what came in; undefined when the gateway does not know the message. Some networks do not
 * say in which thread of a group it is: one in a thread is found from its group.
 */
export async function findReacted(tables: ReadTables, arrival: Arrival): Promise<ReactedMessage | undefined> {
  const { message, conversation, channel } = arrival;
  const [exact] = await messagesIn(tables, arrival, conversation);
  if (exact !== undefined || message.kind === Kind.DIRECT) return exact;
  const group =
    message.parentAddress === "" ? conversation : partName(channel.name, "conversations", message.parentAddress);
  for (const one of await messagesIn(tables, arrival, undefined)) {
    const { parent, name } = (await tables.conversations.find(one.conversation)) ?? {};
    if (parent === group || name === group) return one;
  }
  return undefined;
}

/** Messages with the id that was reacted to, ours first: in one conversation, or in all of the channel. */
async function messagesIn(
  { deliveries, ingress }: ReadTables,
  { channel, message }: Arrival,
  conversation: string | undefined,
): Promise<ReactedMessage[]> {
  const { replyTo: platformId } = message;
  const place = conversation === undefined ? {} : { conversation };
  const sent = await deliveries.listSent({ channel: channel.name, platformId, ...place, limit: mostConversations });
  const ours = sent.map(({ delivery }) => {
    return { conversation: delivery.conversation, ours: true, text: cutText(saidText(delivery), longestText) };
  });
  const key = messageKey(platformId);
  const heard =
    conversation === undefined
      ? await ingress.listByKey(channel.name, key, mostConversations)
      : [(await ingress.findByKey(conversation, key))?.ingress].filter((one) => one !== undefined);
  const theirs = heard.map((one) => {
    return { conversation: one.conversation, ours: false, text: cutText(one.message?.text ?? "", longestText) };
  });
  return [...ours, ...theirs];
}

function saidText({ action }: Delivery): string {
  const { kind } = action ?? {};
  if (kind?.case === "poll") return kind.value.question;
  return kind?.case === "message" ? kind.value.text : "";
}
