/** From a reaction on Slack to an inbound reaction. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { SlackReaction } from "./slack-api.ts";
import { placeOf, type ReadingParts } from "./slack-inbound.ts";
import { emojiOf } from "./text/emoji-name.ts";

/** The reaction; undefined when it is our own, or on something else than a message. */
export async function reactionFrom(event: SlackReaction, parts: ReadingParts): Promise<InboundMessage | undefined> {
  const { self, roster } = parts;
  const { type, user, reaction, item, item_user, event_ts } = event;
  const { channel, ts } = item ?? {};
  if (user === self.user_id || item?.type !== "message" || channel === undefined || ts === undefined) return undefined;
  const { name, isBot } = await roster.person(user);
  return create(InboundMessageSchema, {
    // Slack does not say in which thread the message is; core knows.
    ...(await placeOf({ channel, user, ts }, { name, roster })),
    platformId: `${ts}/reaction/${event_ts}`,
    senderAddress: user,
    senderTitle: name,
    senderIsBot: isBot,
    replyTo: ts,
    repliesToUs: item_user === self.user_id,
    time: timestampFromMs(Math.floor(Number(event_ts) * 1_000)),
    space: self.team_id,
    reaction: { emoji: emojiOf(reaction), remove: type === "reaction_removed" },
  });
}
