/** What the store remembers of conversations. */

import type { Conversation } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";

/** Place of a conversation in the list: the most recently active first, then by name descending. */
export interface ConversationPlace {
  readonly activeTimeMs: number;
  readonly name: string;
}

/** Which conversations, and where to start. */
export interface ConversationQuery {
  /** "channels/{channel}"; absent means all channels. */
  readonly channel?: string;
  /** Lower-case words; each must occur in the address or the title, any case. */
  readonly words?: readonly string[];
  /** Start after this place. */
  readonly after?: ConversationPlace;
  readonly limit: number;
}

/** Reads conversations. */
export interface ConversationReader {
  find(name: string): Promise<Conversation | undefined>;
  list(query: ConversationQuery): Promise<Conversation[]>;
}

/** Changes conversations. */
export interface ConversationWriter extends ConversationReader {
  /** Keeps the conversation, new or not. */
  put(conversation: Conversation): Promise<void>;
}
