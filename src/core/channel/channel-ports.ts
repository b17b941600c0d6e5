/** Ports of the channels: what they are given by the rooms around them. */

import type { InboundMessage, Ingress } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ChannelConfiguration } from "../config/configuration.ts";
import type { HoldBack } from "../hold-back.ts";
import type { ChannelSettings } from "./channel-settings.ts";
import type { DriverDesk } from "./driver/driver-desk.ts";
import type { Network } from "./network.ts";

/** Where networks come from. */
export interface NetworkCatalog {
  /** The network of a channel, loaded now if it was not. Throws MisconfiguredError when there is none. */
  load(settings: ChannelSettings): Promise<Network>;
}

/** What logins leave, one text a channel. */
export interface CredentialStore {
  /** `channel` is "channels/{channel}". */
  load(channel: string): Promise<string | undefined>;
  /** Resolves when it is safe on disk; undefined forgets it. */
  save(channel: string, credentials: string | undefined): Promise<void>;
}

/** Files that come in and go out. */
export interface AttachmentFiles {
  /** Keeps the content; fails with TOO_LARGE beyond `maxBytes`. */
  store(content: AsyncIterable<Uint8Array>, file: { fileName: string; maxBytes: number }): Promise<Attachment>;
  read(attachment: Attachment): AsyncIterable<Uint8Array>;
}

/** Where inbound messages go. */
export interface InboundDoor {
  /** Resolves when the message, what became of it and the cursor are safe on disk. */
  receive(settings: ChannelSettings, message: InboundMessage, backfillCursor?: string): Promise<Ingress>;
}

/** What channels are plugged with by whoever builds the gateway. */
export interface ChannelPorts {
  readonly networks: NetworkCatalog;
  readonly credentials: CredentialStore;
  readonly configuration: ChannelConfiguration;
  /** Where drivers of remote channels come to; loaded when the first one is wanted. */
  readonly drivers: () => Promise<DriverDesk>;
  readonly times?: ChannelTimes;
  /** Asked whether channels may be connected after a crash. */
  readonly holdBack?: HoldBack;
  /** Why no channel is to be connected by itself in this process; undefined when they are. */
  readonly skipped?: string;
}

/** How patient the channels are, in ms unless said. */
export interface ChannelTimes {
  /** First wait after a failed connection; doubles. */
  readonly retryBaseMs: number;
  /** Longest wait between tries. */
  readonly retryCapMs: number;
  /** Failures in a row after which a channel is given up. */
  readonly maxFailures: number;
  /** Wait after giving up. */
  readonly givenUpMs: number;
  /** A connection that was online for this long was no failure. */
  readonly stableMs: number;
  /** A connection that says nothing for this long is tried anew. */
  readonly connectMs: number;
  /** What a connection gets to disconnect. */
  readonly stopMs: number;
  /** What a network gets to answer a probe. */
  readonly probeMs: number;
}

/** The times of a gateway. */
export const channelTimes: ChannelTimes = {
  retryBaseMs: 500,
  retryCapMs: 300_000,
  maxFailures: 10,
  givenUpMs: 1_800_000,
  stableMs: 60_000,
  connectMs: 60_000,
  stopMs: 5_000,
  probeMs: 10_000,
};
