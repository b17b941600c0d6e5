/** Buttons on Slack: under what we send, and what comes in when somebody presses one. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { ButtonRow } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { chunkText } from "../../core/delivery/text/chunk-text.ts";
import { textLimits } from "../../core/delivery/text/text-limits.ts";
import type { SlackPress } from "./slack-api.ts";
import { placeOf, type ReadingParts } from "./slack-inbound.ts";
import { mrkdwnFrom } from "./text/mrkdwn.ts";
import { readableText } from "./text/readable-text.ts";

/** Longest text of one section, in characters. */
const maxSection = 3_000;
/** Pieces Markdown is cut into for sections: what Slack's marks make of the shortest is never too long. */
const pieceSizes = [2_500, 500];

/** The message as blocks: Slack shows these instead of the text. */
export function blocksOf(markdown: string, rows: readonly ButtonRow[]): object[] {
  const cuts = pieceSizes.map((size) =>
    chunkText(markdown, textLimits(size, undefined)).map(({ text }) => mrkdwnFrom(text)),
  );
  const pieces = cuts.find((cut) => cut.every((piece) => piece.length <= maxSection)) ?? cuts.at(-1) ?? [];
  const sections = pieces.map((text) => ({ type: "section", text: { type: "mrkdwn", text } }));
  return [...sections, ...rows.map(({ buttons }, row) => ({ type: "actions", elements: buttons.map(elementIn(row)) }))];
}

/** What somebody says by pressing a button; undefined for one that opens a page, and for anything else. */
export async function pressedFrom(event: SlackPress, parts: ReadingParts): Promise<InboundMessage | undefined> {
  const { self, roster } = parts;
  const { user, channel, message, actions } = event;
  const [action] = actions ?? [];
  if (user === undefined || channel === undefined || message === undefined || !action?.value) return undefined;
  const { name, isBot } = await roster.person(user.id);
  const { ts, thread_ts, text = "" } = message;
  const place = await placeOf({ channel: channel.id, user: user.id, ts, thread_ts }, { name, roster });
  return create(InboundMessageSchema, {
    ...place,
    platformId: `${ts}/button/${action.action_ts}`,
    senderAddress: user.id,
    senderTitle: name,
    senderIsBot: isBot,
    text: action.value,
    button: true,
    mentionsUs: place.kind !== Kind.DIRECT,
    repliesToUs: message.user === self.user_id || (message.bot_id !== undefined && message.bot_id === self.bot_id),
    replyTo: ts,
    replyText: await readableText(text, self.user_id, async (id) => (await roster.person(id)).name),
    time: timestampFromMs(Math.floor(Number(action.action_ts) * 1_000)),
    space: self.team_id,
  });
}

function elementIn(row: number) {
  return ({ text, press }: ButtonRow["buttons"][number], place: number): object => {
    const does = press.case === "url" ? { url: press.value } : { value: press.value };
    return { type: "button", action_id: `${row}-${place}`, text: { type: "plain_text", text }, ...does };
  };
}
