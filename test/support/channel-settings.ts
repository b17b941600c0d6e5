/** Settings of channels for tests: everybody is heard, everything goes out at once. */

import type { AccessSettings, ChannelSettings, OutboundSettings } from "../../src/core/channel/channel-settings.ts";

/** What differs from a plain channel. */
export type ChannelOverrides = Partial<Omit<ChannelSettings, "access" | "outbound">> & {
  readonly access?: Partial<AccessSettings>;
  readonly outbound?: Partial<OutboundSettings>;
};

/** A channel of the network "fake". */
export function channelSettings(overrides: ChannelOverrides = {}): ChannelSettings {
  return {
    name: "channels/fake",
    kind: "fake",
    account: "default",
    isDefault: true,
    enabled: true,
    title: "",
    remote: false,
    models: {},
    historyLimit: 50,
    maxMediaBytes: 1_000_000,
    debounceMs: 0,
    healthMonitor: true,
    network: {},
    ...overrides,
    access: {
      dmPolicy: "open",
      allowFrom: ["*"],
      groupPolicy: "open",
      groupAllowFrom: undefined,
      groups: undefined,
      requireMention: false,
      implicitMentions: { replyToBot: true, threadParticipation: true },
      mentionPatterns: undefined,
      contextVisibility: "all",
      botLoop: {},
      allowBots: false,
      reactionNotifications: "own",
      reactionAllowlist: undefined,
      ...overrides.access,
    },
    outbound: {
      textChunkLimit: 4_000,
      chunkMode: "length",
      streaming: "off",
      blockMinChars: 800,
      blockMaxChars: 1_200,
      blockIdleMs: 0,
      humanDelay: undefined,
      replyToMode: "off",
      ackReaction: "",
      ackReactionScope: "off",
      removeAck: false,
      responsePrefix: "",
      typingMode: "never",
      expireMs: 3_600_000,
      onAmbiguous: "hold",
      ...overrides.outbound,
    },
  };
}
