/** What the store remembers of channels: how they were last, and what must outlive a restart. */

import type { Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";

/** A channel on disk. */
export interface ChannelRecord {
  /** As it was last recorded; name, etag and all. */
  readonly channel: Channel;
  /** An operator stopped it; it stays so until it is started again. */
  readonly stopped: boolean;
  /** Where to go on reading the network; empty at first. */
  readonly backfillCursor: string;
}

/** Reads channels. */
export interface ChannelReader {
  find(name: string): Promise<ChannelRecord | undefined>;
  /** All of them, by name. */
  list(): Promise<ChannelRecord[]>;
}

/** Changes channels. */
export interface ChannelWriter extends ChannelReader {
  /** Keeps the resource, new or not; stop mark and cursor stay as they are (false and empty at first). */
  put(channel: Channel): Promise<void>;
  setStopped(name: string, stopped: boolean): Promise<void>;
  /** Nothing happens when the channel is not there. */
  keepCursor(name: string, backfillCursor: string): Promise<void>;
  /** Forgets the channel; its conversations, senders and ingress stay. */
  delete(name: string): Promise<void>;
}
