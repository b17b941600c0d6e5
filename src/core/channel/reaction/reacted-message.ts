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
  const { channel, message, conversation } = arrival;
  const found: ReactedMessage[] = [];
  for (const { delivery } of await tables.deliveries.listSent(channel.name, message.replyTo)) {
    found.push({ conversation: delivery.conversation, ours: true, text: cutText(saidText(delivery), longestText) });
  }
  const key = messageKey(message.replyTo);
  const here = (await tables.ingress.findByKey(conversation, key))?.ingress;
  const others = here ? [here] : await tables.ingress.listByKey(channel.name, key, mostConversations);
  for (const { conversation: theirs, message: said } of others) {
    found.push({ conversation: theirs, ours: false, text: cutText(said?.text ?? "", longestText) });
  }
  const exact = found.find((one) => one.conversation === conversation);
  if (exact !== undefined || message.kind === Kind.DIRECT) return exact;
  const group =
    message.parentAddress === "" ? conversation : partName(channel.name, "conversations", message.parentAddress);
  for (const one of found) {
    const { parent, name } = (await tables.conversations.find(one.conversation)) ?? {};
    if (parent === group || name === group) return one;
  }
  return undefined;
}

function saidText({ action }: Delivery): string {
  const { kind } = action ?? {};
  if (kind?.case === "poll") return kind.value.question;
  return kind?.case === "message" ? kind.value.text : "";
}
