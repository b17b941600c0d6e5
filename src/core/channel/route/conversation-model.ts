/** Which model answers in one conversation, where the configuration says so. */

import { create } from "@bufbuild/protobuf";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type RunSettings, RunSettingsSchema, type Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { ChannelSettings } from "../channel-settings.ts";

/** What holds for the message, with the conversation's model unless the message or its session has one. */
export function withConversationModel(
  wanted: RunSettings | undefined,
  { session, channel, message }: { session: Session; channel: ChannelSettings; message: InboundMessage },
): RunSettings | undefined {
  if (wanted?.model !== undefined || session.settings?.model !== undefined) return wanted;
  const model = modelOf(channel, message);
  return model === undefined ? wanted : create(RunSettingsSchema, { ...wanted, model });
}

/** The thread's own, its group's or its sender's, that of "*". */
function modelOf({ models }: ChannelSettings, message: InboundMessage): string | undefined {
  const { address, parentAddress, senderAddress, kind } = message;
  const places = [address, parentAddress, kind === Kind.DIRECT ? senderAddress : ""].filter(Boolean);
  for (const place of [...places, "*"]) {
    const found = Object.entries(models).find(([name]) => name.toLowerCase() === place.toLowerCase());
    if (found !== undefined) return found[1];
  }
  return undefined;
}
