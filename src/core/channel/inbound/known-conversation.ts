/** Keeps the conversation and the session a message belongs to. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ConversationSchema, Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { Recorder } from "../../recorder.ts";
import { newSession } from "../../session/new-session.ts";
import { isGroup } from "../access/group-settings.ts";
import { partName } from "../channel-names.ts";
import type { SessionPlace } from "../route/session-key.ts";
import type { Arrival } from "./arrival.ts";

const longestTitle = 256;

/** Keeps what is known of the conversation now. `session` is empty while none was admitted. */
export async function keepConversation(recorder: Recorder, arrival: Arrival, session: string): Promise<void> {
  const { channel, message, conversation: name } = arrival;
  const { conversations } = recorder.tables;
  const known = await conversations.find(name);
  const activeTime = timestampFromMs(recorder.nowMs);
  const parent = message.parentAddress === "" ? "" : partName(channel.name, "conversations", message.parentAddress);
  const title = message.conversationTitle || (isGroup(message) ? "" : message.senderTitle);
  const { address, kind } = message;
  await conversations.put(
    create(ConversationSchema, {
      name,
      address,
      kind,
      parent,
      title: titleFrom(title || known?.title || ""),
      session: session || known?.session || "",
      activeTime,
    }),
  );
  // Answers in a thread need its group's address, which a long name does not hold.
  if (parent === "" || (await conversations.find(parent)) !== undefined) return;
  await conversations.put(
    create(ConversationSchema, { name: parent, address: message.parentAddress, kind: Kind.GROUP, activeTime }),
  );
}

/** Makes the session of a message; nobody wrote to it before. */
export function makeSession(
  recorder: Recorder,
  arrival: Arrival,
  place: SessionPlace & { readonly agent: string },
): Promise<Session> {
  const { message } = arrival;
  const title = isGroup(message)
    ? message.conversationTitle || message.address
    : message.senderTitle || message.senderAddress;
  return recorder.insertSession(newSession(recorder, { ...place, title: titleFrom(title) }));
}

/** A title of somebody else's choosing, as one line of bounded length. */
function titleFrom(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, longestTitle)
    .toWellFormed();
}
