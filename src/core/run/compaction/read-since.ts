/** Reads what was said since a transcript was last compacted. */

import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { visible } from "../../agent/transcript-window.ts";
import type { MessageReader } from "../../message/message-table.ts";

/** Messages summed up at a time, at most. Of a longer transcript, what is older was not shown to agents for long. */
const maxMessages = 4_000;

/** What agents may see of it, oldest first, without summaries. */
export async function readSince(messages: MessageReader, session: Session): Promise<Message[]> {
  const { name, generation, compactedPosition } = session;
  const from = Number(compactedPosition) + 1;
  const newest = await messages.list({ session: name, generation, from, order: "newest", limit: maxMessages });
  return visible(newest.reverse());
}
