/** What the store remembers of inbound messages: what came in, and what became of it. */

import type { Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";

/** An ingress with what only the gateway needs to know about it. */
export interface IngressRecord {
  readonly ingress: Ingress;
  /** With the conversation, what makes a message the same message. */
  readonly key: string;
  /** True while it waits to be context of the next message that is answered. */
  readonly waits: boolean;
}

/** Which inbound messages, newest first. Every given condition must hold. */
export interface IngressQuery {
  /** "channels/{channel}"; absent means all channels. */
  readonly channel?: string;
  readonly conversation?: string;
  readonly outcome?: Ingress["outcome"];
  /** Run that answers it. */
  readonly run?: string;
  /** Transcript message it became. */
  readonly transcriptMessage?: string;
  /** Only ids below this. */
  readonly beforeId?: string;
  readonly limit: number;
}

/** Reads inbound messages. */
export interface IngressReader {
  find(name: string): Promise<IngressRecord | undefined>;
  /** The message that came in this conversation under this key. */
  findByKey(conversation: string, key: string): Promise<IngressRecord | undefined>;
  /** Messages under this key in all conversations of a channel, the newest first. */
  listByKey(channel: string, key: string, limit: number): Promise<Ingress[]>;
  list(query: IngressQuery): Promise<Ingress[]>;
  /** The newest `limit` messages of a conversation that wait to be context, oldest first. */
  listWaiting(conversation: string, limit: number): Promise<Ingress[]>;
}

/** Bounds of what is kept; whichever is reached first. What was forgotten and comes again is new. */
export interface IngressRetention {
  readonly maxAgeMs: number;
  readonly maxRows: number;
}

/** Changes inbound messages. */
export interface IngressWriter extends IngressReader {
  /** Fails with ALREADY_EXISTS when the conversation has a message with this key. */
  insert(record: IngressRecord): Promise<void>;
  update(record: IngressRecord): Promise<void>;
  /** Only the newest `limit` messages of a conversation go on waiting to be context; at most 100 a call are told to stop. */
  trimWaiting(conversation: string, limit: number): Promise<void>;
  /** What waited in a conversation was used. */
  clearWaiting(conversation: string): Promise<void>;
  /** Drops what is beyond the bounds, at most `limit` a call; returns how many. */
  prune(retention: IngressRetention, nowMs: number, limit: number): Promise<number>;
}
