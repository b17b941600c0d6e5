/** What the store remembers of senders that were admitted. */

import type { Sender } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";

/** Which senders, by name. */
export interface SenderQuery {
  /** "channels/{channel}"; absent means all channels. */
  readonly channel?: string;
  /** Only names after this one. */
  readonly afterName?: string;
  readonly limit: number;
}

/** Reads admitted senders. */
export interface SenderReader {
  find(name: string): Promise<Sender | undefined>;
  list(query: SenderQuery): Promise<Sender[]>;
  /** One that was made owner by pairing, if there is any. */
  findOwner(): Promise<Sender | undefined>;
}

/** Changes admitted senders. */
export interface SenderWriter extends SenderReader {
  /** Keeps the sender, new or not. */
  put(sender: Sender): Promise<void>;
  /** Returns false when there was none. */
  delete(name: string): Promise<boolean>;
}
