/** From a message on Discord to an inbound message. */

import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type SentFile, takeFiles } from "../../core/channel/file/take-files.ts";
import type { ChannelHost } from "../../core/channel/network.ts";
import { download, isOn } from "../../lib/web/download.ts";
import {
  channelTypes,
  type DiscordAttachment,
  type DiscordChannel,
  type DiscordMember,
  type DiscordMessage,
  type DiscordUser,
  writtenTypes,
} from "./discord-api.ts";
import { type DiscordRoster, isThread } from "./discord-roster.ts";
import { type DiscordSettings, isHeard } from "./discord-settings.ts";
import { readableText } from "./discord-text.ts";

/** Where Discord keeps files. */
const mediaHosts = ["cdn.discordapp.com", "media.discordapp.net"];
const mediaMs = 120_000;

/** What messages are read with. */
export interface ReadingParts {
  readonly settings: DiscordSettings;
  readonly host: ChannelHost;
  readonly roster: DiscordRoster;
  readonly self: DiscordUser;
  readonly signal: AbortSignal;
}

/** Address of the conversation with somebody. */
export function directAddress(personId: string): string {
  return `user:${personId}`;
}

/**
 * The message, or undefined when it is none for us: our own, a webhook's, one of Discord itself, or in a guild or channel the
 * configuration leaves out. Rejects when Discord has to be asked about it and cannot.
 */
export async function inboundFrom(message: DiscordMessage, parts: ReadingParts): Promise<InboundMessage | undefined> {
  const { self, roster, settings, host, signal } = parts;
  const { author, guild_id = "", channel_id } = message;
  if (author.id === self.id || message.webhook_id !== undefined || !writtenTypes.includes(message.type))
    return undefined;
  const channel = await roster.channel(channel_id, signal);
  if (guild_id === "" && channel?.type === channelTypes.groupDirect) return undefined;
  if (guild_id !== "" && !isHeard(settings, guild_id, [channel_id, channel?.parent_id ?? ""])) return undefined;
  await roster.meetGuild(guild_id, signal);
  const files = (message.attachments ?? []).map((file) => sentFile(file, parts));
  const { attachments, missing } = await takeFiles(files, host, signal);
  const text = textOf(message, parts);
  const answered = message.referenced_message;
  return create(InboundMessageSchema, {
    ...placeOf(message, channel, roster),
    platformId: message.id,
    ...senderFields(author, message.member),
    text: [text, ...missing].filter(Boolean).join("\n"),
    attachments,
    time: timestampFromDate(new Date(message.timestamp)),
    mentionsUs: guild_id !== "" && mentionsUs(message, parts),
    repliesToUs:
      answered?.author.id === self.id || (channel !== undefined && isThread(channel) && channel.owner_id === self.id),
    replyTo: message.message_reference?.type === 1 ? "" : (message.message_reference?.message_id ?? ""),
    replyText: answered ? readableText(answered, self.id, roster) : "",
    space: guild_id,
  });
}

/** Fields of an inbound message that say who did something. */
export function senderFields(
  { id, username, global_name, bot = false }: DiscordUser,
  member: DiscordMember | undefined,
) {
  return {
    senderAddress: id,
    senderTitle: member?.nick || global_name || username,
    senderIsBot: bot,
    senderRoles: [...(member?.roles ?? [])],
    senderAliases: username === "" ? [] : [username],
  };
}

/** Fields of an inbound message that say where it came in. */
export function placeOf(
  { guild_id = "", author, channel_id }: Pick<DiscordMessage, "guild_id" | "author" | "channel_id">,
  channel: DiscordChannel | undefined,
  roster: DiscordRoster,
) {
  if (guild_id === "") {
    const conversationTitle = author.global_name || author.username;
    return { kind: Kind.DIRECT, address: directAddress(author.id), conversationTitle };
  }
  const name = channel?.name ? `#${channel.name}` : "";
  const conversationTitle = [name, roster.guildName(guild_id)].filter(Boolean).join(" in ");
  if (channel === undefined || !isThread(channel)) return { kind: Kind.GROUP, address: channel_id, conversationTitle };
  return { kind: Kind.THREAD, address: channel_id, parentAddress: channel.parent_id ?? "", conversationTitle };
}

function mentionsUs(
  { guild_id = "", mentions = [], mention_roles = [] }: DiscordMessage,
  { self, roster }: ReadingParts,
) {
  return (
    mentions.some(({ id }) => id === self.id) || mention_roles.some((id) => roster.isRoleOf(guild_id, id, self.id))
  );
}

/** What was written; of something passed on, what it says. */
function textOf(message: DiscordMessage, { self, roster }: ReadingParts): string {
  const passedOn = (message.message_snapshots ?? []).map(({ message: { content = "" } }) => content);
  return [readableText(message, self.id, roster), ...passedOn].filter(Boolean).join("\n");
}

function sentFile({ filename, url }: DiscordAttachment, { settings, signal }: ReadingParts): SentFile {
  const { origin } = new URL(settings.apiRoot);
  const open = () =>
    download(url, {
      isAllowed: (at) => isOn(at, mediaHosts, origin),
      signal: AbortSignal.any([signal, AbortSignal.timeout(mediaMs)]),
    });
  return { fileName: filename, open, instead: `[file ${filename} could not be taken]` };
}
