/** A conversation something is to be delivered to, seen before or not. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Conversation,
  ConversationSchema,
  Conversation_Kind as Kind,
} from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { notFound } from "../../errors.ts";
import { idOf } from "../../names.ts";
import type { Recorder } from "../../recorder.ts";
import { addressFromId, channelOf, requirePartName } from "../channel-names.ts";

/** Says whether "channels/{channel}" is configured now. */
export type IsConfigured = (channel: string) => boolean;

/**
 * The conversation with this name; one that was not seen before is kept, so that its address is known when it is needed.
 * Fails with FIELD_INVALID when it is no name of a conversation, and with NOT_FOUND when its channel is not configured or its
 * address cannot be read from its name.
 */
export async function requireDestination(
  recorder: Recorder,
  name: string,
  isConfigured: IsConfigured,
): Promise<Conversation> {
  requirePartName(name, "conversations", "deliver_to");
  const channel = channelOf(name);
  if (!isConfigured(channel)) throw notFound(channel);
  const known = await recorder.tables.conversations.find(name);
  if (known !== undefined) return known;
  const address = addressFromId(idOf(name));
  if (address === undefined) throw notFound(name);
  const fresh = create(ConversationSchema, {
    name,
    address,
    kind: Kind.UNSPECIFIED,
    activeTime: timestampFromMs(recorder.nowMs),
  });
  await recorder.tables.conversations.put(fresh);
  return fresh;
}
