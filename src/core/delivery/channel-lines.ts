/** The port to live channels: what the outbox sees of whoever keeps them connected. */

import type { Capabilities } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { ChannelSettings } from "../channel/channel-settings.ts";
import type { Connection } from "../channel/network.ts";

/** One configured channel, as it is now. */
export interface ChannelLine {
  readonly settings: ChannelSettings;
  /** There only while messages can go out. A new object for every new connection. */
  readonly connection?: Connection;
  /** What its network can do, as far as it is known without a connection. */
  readonly capabilities?: Capabilities;
}

/** Finds channels. */
export interface ChannelLines {
  /** Undefined when no channel of this name is configured. */
  find(channel: string): ChannelLine | undefined;
  /** Calls `listener` with the channel's name whenever `find` answers otherwise than before. */
  onChange(listener: (channel: string) => void): void;
}
