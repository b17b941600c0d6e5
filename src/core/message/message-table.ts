/** What the store remembers of messages. */

import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";

/** A page of one generation of one transcript. */
export interface MessageQuery {
  /** "sessions/{session}". */
  readonly session: string;
  readonly generation: number;
  /** Only positions below this. */
  readonly before?: number;
  /** Only positions from this on. */
  readonly from?: number;
  readonly order: "newest" | "oldest";
  readonly limit: number;
}

/** A full-text query over user and assistant text. */
export interface MessageSearch {
  /** Terms that must all occur; a term of several words must stand together. Any case, diacritics ignored. */
  readonly terms: readonly string[];
  readonly session?: string;
  readonly role?: Message["role"];
  readonly offset: number;
  readonly limit: number;
}

/** One match; the matching words of the snippet stand between U+0002 and U+0003. */
export interface MessageHit {
  readonly message: Message;
  readonly snippet: string;
}

/** Reads messages. */
export interface MessageReader {
  find(name: string): Promise<Message | undefined>;
  list(query: MessageQuery): Promise<Message[]>;
  /** Best match first, then newest. What is not indexed yet is found, too, but indexed for every search anew. */
  search(search: MessageSearch): Promise<MessageHit[]>;
}

/** Changes messages. `Message.position` orders them and is unique within a session. */
export interface MessageWriter extends MessageReader {
  /** Keeps the message; its text parts are searched when it is a user's or an assistant's. */
  insert(message: Message): Promise<void>;
  /** Replaces the message; a text that was indexed is indexed again when it changed. */
  update(message: Message): Promise<void>;
  /** Indexes for good the oldest messages that were not yet, at most `limit`; returns how many it looked at. */
  index(limit: number): Promise<number>;
}
