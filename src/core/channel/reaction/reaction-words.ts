/** A reaction in words, as agents read it. */

import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { cutText } from "../../../lib/text/cut-text.ts";

/** Longest quotation of the message it is on, in UTF-16 units. */
const longestQuote = 200;

/** `[reacted with 👍 to your message "good morning"]`; empty for a message that is no reaction. */
export function reactionWords({ reaction, repliesToUs, replyText, replyTo }: InboundMessage): string {
  if (reaction === undefined) return "";
  const quoted = plain(replyText);
  const which = `${repliesToUs ? "your" : "the"} message ${quoted === "" ? plain(replyTo) : `"${cutText(quoted, longestQuote)}"`}`;
  const emoji = plain(reaction.emoji);
  return reaction.remove ? `[took ${emoji} back from ${which}]` : `[reacted with ${emoji} to ${which}]`;
}

/** On one line, so that it cannot be taken for anything else. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Co}\p{Cn}\p{Z}]+/gu, " ").trim();
}
