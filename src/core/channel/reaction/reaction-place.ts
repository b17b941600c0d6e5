/** Where a reaction belongs: the conversation of the message it is on. */

import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { patch } from "../../recorder.ts";
import type { ReadTables } from "../../store.ts";
import type { Arrival } from "../inbound/arrival.ts";
import { findReacted } from "./reacted-message.ts";

/**
 * The reaction in the conversation its message is in, with what is known of that message. Anything else that came in, and a
 * reaction to a message nobody knows, stays as it is.
 */
export async function placeReaction(tables: ReadTables, arrival: Arrival): Promise<Arrival> {
  const { message } = arrival;
  if (message.reaction === undefined) return arrival;
  const reacted = await findReacted(tables, arrival);
  if (reacted === undefined) return arrival;
  const { conversation, ours, text } = reacted;
  const known = { repliesToUs: message.repliesToUs || ours, replyText: message.replyText || text };
  if (conversation === arrival.conversation) return { ...arrival, message: patch(message, known) };
  const place = await tables.conversations.find(conversation);
  if (place === undefined) return { ...arrival, message: patch(message, known) };
  const { kind, address } = place;
  const group = message.parentAddress || message.address;
  const parentAddress = kind === Kind.THREAD ? group : "";
  const moved = patch(message, { ...known, kind, address, parentAddress, conversationTitle: place.title });
  return { ...arrival, conversation, message: moved };
}
