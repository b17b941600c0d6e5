/** From a message on Slack to an inbound message. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type SentFile, takeFiles } from "../../core/channel/file/take-files.ts";
import type { ChannelHost } from "../../core/channel/network.ts";
import { download, isOn } from "../../lib/web/download.ts";
import { isDirectId, type SlackFile, type SlackMessage, type SlackSelf } from "./slack-api.ts";
import type { SlackRoster } from "./slack-roster.ts";
import type { SlackWeb } from "./slack-web.ts";
import { mentions, readableText } from "./text/readable-text.ts";

/** Where Slack keeps files. */
const mediaHosts = ["files.slack.com", "slack-files.com"];
const mediaMs = 120_000;
/** Messages somebody wrote; all others are about something that happened. */
const written = new Set(["", "file_share", "thread_broadcast", "me_message", "bot_message"]);

/** What messages are read with. */
export interface ReadingParts {
  readonly host: ChannelHost;
  readonly web: SlackWeb;
  readonly roster: SlackRoster;
  readonly self: SlackSelf;
  readonly signal: AbortSignal;
  /** True for a thread we said something in. */
  readonly isOurThread: (address: string) => boolean;
}

/** Address of a thread. */
export function threadAddress(channel: string, threadTime: string): string {
  return `${channel}:${threadTime}`;
}

/** The message, or undefined when it is none for us: our own, one nobody wrote, or a change nobody made. */
export async function inboundFrom(event: SlackMessage, parts: ReadingParts): Promise<InboundMessage | undefined> {
  const { channel = "" } = event;
  if (event.subtype !== "message_changed") return read({ ...event, channel }, false, parts);
  const { message, previous_message: before } = event;
  const isEdit = message?.edited !== undefined && message.text !== before?.text;
  return isEdit ? read({ ...message, channel, files: [] }, true, parts) : undefined;
}

async function read(
  message: SlackMessage & { channel: string },
  edited: boolean,
  parts: ReadingParts,
): Promise<InboundMessage | undefined> {
  const { self, roster, host, signal } = parts;
  const { subtype = "", channel, user = "", bot_id = "", text = "", ts, files = [] } = message;
  const isOurs = user === self.user_id || (bot_id !== "" && bot_id === self.bot_id);
  const sender = user || bot_id;
  if (isOurs || sender === "" || channel === "" || !written.has(subtype)) return undefined;
  const { name, isBot } = user === "" ? { name: message.username ?? bot_id, isBot: true } : await roster.person(user);
  const place = await placeOf(message, { name, roster });
  const plain = await readableText(text, self.user_id, async (id) => (await roster.person(id)).name);
  const { attachments, missing } = await takeFiles(
    files.map((file) => sentFile(file, parts)),
    host,
    signal,
  );
  const body = subtype === "me_message" ? `* ${name} ${plain}` : plain;
  return create(InboundMessageSchema, {
    ...place,
    platformId: ts,
    senderAddress: sender,
    senderTitle: name,
    senderIsBot: isBot || bot_id !== "",
    text: [body, ...missing].filter(Boolean).join("\n"),
    attachments,
    time: timestampFromMs(Math.floor(Number(ts) * 1_000)),
    mentionsUs: place.kind !== Kind.DIRECT && mentions(text, self.user_id),
    repliesToUs:
      place.kind === Kind.THREAD && (message.parent_user_id === self.user_id || parts.isOurThread(place.address)),
    space: self.team_id,
    edited,
  });
}

/** Fields of an inbound message that say where it came in. */
export async function placeOf(
  { channel, user = "", thread_ts, ts }: Pick<SlackMessage, "user" | "thread_ts" | "ts"> & { channel: string },
  { name, roster }: { name: string; roster: SlackRoster },
) {
  if (isDirectId(channel)) {
    return { kind: Kind.DIRECT, address: user || channel, parentAddress: "", conversationTitle: name };
  }
  const conversationTitle = await roster.channelTitle(channel);
  if (thread_ts === undefined || thread_ts === ts) {
    return { kind: Kind.GROUP, address: channel, parentAddress: "", conversationTitle };
  }
  const address = threadAddress(channel, thread_ts);
  return { kind: Kind.THREAD, address, parentAddress: channel, conversationTitle };
}

function sentFile({ name, url_private_download, url_private }: SlackFile, { web, signal }: ReadingParts): SentFile {
  const fileName = name ?? "file";
  const open = () =>
    download(url_private_download ?? url_private ?? "", {
      isAllowed: (at) => isOn(at, mediaHosts, web.origin),
      headers: { authorization: web.authorization },
      signal: AbortSignal.any([signal, AbortSignal.timeout(mediaMs)]),
    });
  return { fileName, open, instead: `[file ${fileName} could not be taken]` };
}
