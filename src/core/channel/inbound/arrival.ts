/** One inbound message with the names of all it belongs to. */

import { createHash } from "node:crypto";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type FieldViolation, invalidFields } from "../../errors.ts";
import { patch } from "../../recorder.ts";
import { partName } from "../channel-names.ts";
import type { ChannelSettings } from "../channel-settings.ts";

/** Longest address or id a network may give, in UTF-16 units. */
const longestAddress = 4_096;

/** The years 1 to 9999, in seconds since 1970. */
const [firstSecond, lastSecond] = [-62_135_596_800n, 253_402_300_799n];

/** Longest name of an emoji, in UTF-16 units. */
const longestEmoji = 128;

/** A message that came in. */
export interface Arrival {
  readonly channel: ChannelSettings;
  readonly message: InboundMessage;
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
  /** "channels/{channel}/senders/{sender}". */
  readonly sender: string;
  /** With the conversation, what makes it the same message. Each edit of a message is a message of its own. */
  readonly key: string;
}

/** Fails with FIELD_INVALID when the network did not say which message it is, where it came in, or who wrote it. */
export function arrivalOf(channel: ChannelSettings, brought: InboundMessage): Arrival {
  checkFields(brought);
  const { text, replyText, time } = brought;
  const message = patch(brought, {
    text: text.toWellFormed(),
    replyText: replyText.toWellFormed(),
    ...(time !== undefined && !isOfCalendar(time) && { time: undefined }),
  });
  return {
    channel,
    message,
    conversation: partName(channel.name, "conversations", message.address),
    sender: partName(channel.name, "senders", message.senderAddress),
    key: keyOf(message),
  };
}

/** The key of a message that was written, by the network's id of it. */
export function messageKey(platformId: string): string {
  return `message ${platformId}`;
}

/** Networks pass on what anybody wrote: a time that is none cannot be told as JSON. */
function isOfCalendar({ seconds, nanos }: Timestamp): boolean {
  return seconds >= firstSecond && seconds <= lastSecond && nanos >= 0 && nanos < 1e9;
}

function keyOf({ platformId, edited, text, reaction }: InboundMessage): string {
  if (reaction !== undefined) return `reaction ${platformId}`;
  if (!edited) return messageKey(platformId);
  return `edit ${createHash("sha256").update(text).digest("hex").slice(0, 32)} ${platformId}`;
}

function checkFields(message: InboundMessage): void {
  const violations: FieldViolation[] = [];
  const { platformId, address, senderAddress, kind, reaction, replyTo } = message;
  for (const [field, value] of Object.entries({ platform_id: platformId, address, sender_address: senderAddress })) {
    const problem = value === "" ? "is empty" : value.length > longestAddress ? "is too long" : undefined;
    if (problem !== undefined) violations.push({ field: `message.${field}`, description: problem });
  }
  if (kind !== Kind.DIRECT && kind !== Kind.GROUP && kind !== Kind.THREAD) {
    violations.push({ field: "message.kind", description: "is none of KIND_DIRECT, KIND_GROUP, KIND_THREAD" });
  }
  if (reaction !== undefined) {
    const { emoji } = reaction;
    if (emoji === "" || emoji.length > longestEmoji || !emoji.isWellFormed()) {
      violations.push({ field: "message.reaction.emoji", description: "is no emoji and no name of one" });
    }
    if (replyTo === "" || replyTo.length > longestAddress) {
      violations.push({ field: "message.reply_to", description: "does not say which message the reaction is on" });
    }
  }
  if (violations.length > 0) throw invalidFields(violations);
}
