/** Buttons on Discord: under what we send, and what comes in when somebody presses one. */

import { create } from "@bufbuild/protobuf";
import type { ButtonRow } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { UnsentError } from "../../core/channel/network.ts";
import { channelTypes, type DiscordInteraction } from "./discord-api.ts";
import { placeOf, type ReadingParts, senderFields } from "./discord-inbound.ts";
import { isHeard } from "./discord-settings.ts";
import { readableText } from "./discord-text.ts";

/** Buttons of a message, at most: rows, and in each row. */
const [maxRows, maxRowButtons] = [5, 5];
const component = { row: 1, button: 2 } as const;
const style = { plain: 2, link: 5 } as const;
/** Somebody used a component of a message. */
const usedComponent = 3;

/** The rows as Discord wants them. Throws UnsentError when they are more than it shows. */
export function componentsOf(rows: readonly ButtonRow[]): object[] {
  if (rows.length > maxRows || rows.some(({ buttons }) => buttons.length > maxRowButtons)) {
    const limits = `${maxRows} rows of ${maxRowButtons} buttons`;
    throw new UnsentError(`a message on Discord has at most ${limits}`, { permanent: true });
  }
  return rows.map(({ buttons }) => ({
    type: component.row,
    components: buttons.map(({ text, press }) => {
      const does =
        press.case === "url" ? { style: style.link, url: press.value } : { style: style.plain, custom_id: press.value };
      return { type: component.button, label: text, ...does };
    }),
  }));
}

/** What somebody says by pressing a button; undefined for anything else, and where nobody is heard. */
export async function pressedFrom(
  { id, type, data, message, member, user, guild_id = "", channel_id = "" }: DiscordInteraction,
  { self, roster, settings, signal }: ReadingParts,
): Promise<InboundMessage | undefined> {
  const presser = member?.user ?? user;
  if (type !== usedComponent || data?.component_type !== component.button) return undefined;
  if (presser === undefined || message === undefined || !data.custom_id) return undefined;
  const channel = await roster.channel(channel_id, signal);
  if (guild_id === "" && channel?.type === channelTypes.groupDirect) return undefined;
  if (guild_id !== "" && !isHeard(settings, guild_id, [channel_id, channel?.parent_id ?? ""])) return undefined;
  await roster.meetGuild(guild_id, signal);
  return create(InboundMessageSchema, {
    ...placeOf({ guild_id, channel_id, author: presser }, channel, roster),
    ...senderFields(presser, member),
    platformId: `${message.id}/button/${id}`,
    text: data.custom_id,
    button: true,
    mentionsUs: guild_id !== "",
    repliesToUs: message.author.id === self.id,
    replyTo: message.id,
    replyText: readableText(message, self.id, roster),
    space: guild_id,
  });
}
