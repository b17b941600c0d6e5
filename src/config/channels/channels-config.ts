/** `channels`, `bindings`, `session`, `accessGroups` and what `messages` and `commands` say of them, as read from the file. */

/** A sender list entry; numbers are ids as some networks have them. */
export type SenderList = readonly string[];

/** `channels.<kind>.groups.<address>`. */
export interface GroupConfig {
  readonly enabled?: boolean;
  readonly requireMention?: boolean;
  readonly allowFrom?: SenderList;
  readonly systemPrompt?: string;
  /** Agent id. */
  readonly agentId?: string;
  readonly botLoop?: BotLoopConfig;
}

/** `streaming` when it is more than a word. */
export interface StreamingConfig {
  readonly mode?: "off" | "partial" | "block";
  readonly chunkMode?: "length" | "newline";
  readonly block?: {
    readonly enabled?: boolean;
    readonly minChars?: number;
    readonly maxChars?: number;
    readonly idleMs?: number;
    readonly humanDelay?: HumanDelayConfig;
  };
}

/** Pause before each block but the first; "natural" is 800 to 2500 ms. */
export type HumanDelayConfig = "off" | "natural" | { readonly minMs: number; readonly maxMs: number };

/** When programs are left alone; what is unset is inherited. */
export interface BotLoopConfig {
  readonly maxEvents?: number;
  readonly windowSeconds?: number;
  readonly cooldownSeconds?: number;
}

/** Keys every account of every network may have. Unset ones are inherited: account, channel, channels.defaults. */
export interface PolicyConfig {
  readonly dmPolicy?: "pairing" | "allowlist" | "open" | "disabled";
  readonly allowFrom?: SenderList;
  readonly groupPolicy?: "allowlist" | "open" | "disabled";
  readonly groupAllowFrom?: SenderList;
  readonly groups?: Readonly<Record<string, GroupConfig>>;
  readonly requireMention?: boolean;
  readonly mentionPatterns?: {
    readonly mode?: "allow" | "deny";
    readonly allowIn?: SenderList;
    readonly denyIn?: SenderList;
  };
  readonly contextVisibility?: "all" | "allowlist" | "allowlist_quote";
  readonly botLoop?: BotLoopConfig;
  readonly implicitMentions?: { readonly replyToBot?: boolean; readonly threadParticipation?: boolean };
  readonly allowBots?: boolean | "mentions";
  readonly reactionNotifications?: "off" | "own" | "all" | "allowlist";
  readonly reactionAllowlist?: SenderList;
  readonly historyLimit?: number;
  readonly textChunkLimit?: number;
  readonly streaming?: "off" | "partial" | "block" | StreamingConfig;
  readonly replyToMode?: "off" | "first" | "all" | "batched";
  readonly ackReaction?: string;
  readonly ackReactionScope?: "group-mentions" | "group-all" | "direct" | "all" | "off";
  readonly responsePrefix?: string;
  readonly removeAckAfterReply?: boolean;
  readonly typingMode?: "never" | "instant" | "thinking" | "message";
  readonly mediaMaxMb?: number;
  readonly healthMonitor?: { readonly enabled?: boolean };
  readonly delivery?: { readonly expireMinutes?: number; readonly onAmbiguous?: "hold" | "resend" | "drop" };
}

/** `channels.<kind>.accounts.<id>`; other keys are the network's own. */
export interface AccountConfig extends PolicyConfig {
  readonly enabled?: boolean;
  readonly name?: string;
  readonly [networkKey: string]: unknown;
}

/** `channels.<kind>`. */
export interface ChannelConfig extends AccountConfig {
  readonly driver?: "remote";
  readonly accounts?: Readonly<Record<string, AccountConfig>>;
  readonly defaultAccount?: string;
}

/** By kind and address, "*" for any: references, "provider/model". */
export type ModelByChannelConfig = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** `channels`: by kind; "defaults" and "modelByChannel" are no kinds. */
export type ChannelsConfig = Readonly<Record<string, ChannelConfig>> & {
  readonly defaults?: PolicyConfig;
  readonly modelByChannel?: ModelByChannelConfig;
};

/** `bindings[]`. */
export interface BindingConfig {
  readonly agentId: string;
  readonly match: {
    readonly channel: string;
    readonly accountId?: string;
    readonly peer?: { readonly kind: "direct" | "dm" | "group" | "channel"; readonly id: string };
    /** Guild, team or workspace, by any of its names. */
    readonly space?: string;
    readonly guildId?: string;
    readonly teamId?: string;
    readonly roles?: readonly string[];
  };
  readonly session?: { readonly dmScope?: DmScopeConfig; readonly groupScope?: "per-group" | "main" };
}

/** `session.dmScope`. */
export type DmScopeConfig = "main" | "per-peer" | "per-channel-peer" | "per-account-channel-peer";

/** `session.reset` and its overrides. */
export interface ResetConfig {
  readonly mode: "none" | "daily" | "idle" | "both";
  readonly atHour: number;
  /** Default: 60 where silence counts. With mode "daily" it counts when it is given. */
  readonly idleMinutes?: number;
}

/** `session`. */
export interface SessionConfig {
  readonly dmScope: DmScopeConfig;
  readonly groupScope: "per-group" | "main";
  readonly identityLinks: Readonly<Record<string, readonly string[]>>;
  readonly reset: ResetConfig;
  readonly resetByType: { readonly direct?: ResetConfig; readonly group?: ResetConfig; readonly thread?: ResetConfig };
  readonly resetByChannel: Readonly<Record<string, ResetConfig>>;
  /** Beginnings of a message that are as good as /new. */
  readonly resetTriggers: readonly string[];
  readonly sendPolicy: { readonly default: "allow" | "deny"; readonly rules: readonly SendRuleConfig[] };
}

/** `session.sendPolicy.rules[]`. */
export interface SendRuleConfig {
  readonly action: "allow" | "deny";
  readonly match: {
    readonly channel?: string;
    readonly chatType?: "direct" | "group" | "thread";
    readonly keyPrefix?: string;
    readonly rawKeyPrefix?: string;
  };
}

/** What `messages` says of channels. */
export interface ChannelMessagesConfig {
  readonly groupChat: { readonly historyLimit: number; readonly mentionPatterns: readonly string[] };
  readonly inbound: { readonly debounceMs: number; readonly byChannel: Readonly<Record<string, number>> };
  readonly botLoop: Required<BotLoopConfig>;
  readonly ackReaction: string;
  readonly ackReactionScope: "group-mentions" | "group-all" | "direct" | "all" | "off";
  readonly removeAckAfterReply: boolean;
  readonly responsePrefix: string;
  readonly responseUsage: "off" | "tokens" | "full";
}

/** What `commands` says of channels. */
export interface ChannelCommandsConfig {
  readonly text: boolean;
  readonly allowFrom?: Readonly<Record<string, SenderList>>;
  readonly ownerAllowFrom: SenderList;
}

/** `accessGroups.<name>`. */
export interface AccessGroupConfig {
  readonly type: "message.senders";
  readonly members: Readonly<Record<string, SenderList>>;
}

/** Every default. */
export const defaultSession: SessionConfig = {
  dmScope: "main",
  groupScope: "per-group",
  identityLinks: {},
  reset: { mode: "none", atHour: 4 },
  resetByType: {},
  resetByChannel: {},
  resetTriggers: ["/new", "/reset"],
  sendPolicy: { default: "allow", rules: [] },
};

/** Every default. */
export const defaultChannelMessages: ChannelMessagesConfig = {
  groupChat: { historyLimit: 50, mentionPatterns: [] },
  inbound: { debounceMs: 0, byChannel: {} },
  botLoop: { maxEvents: 20, windowSeconds: 60, cooldownSeconds: 60 },
  ackReaction: "👀",
  ackReactionScope: "group-mentions",
  removeAckAfterReply: false,
  responsePrefix: "",
  responseUsage: "off",
};

/** Every default. */
export const defaultChannelCommands: ChannelCommandsConfig = { text: true, ownerAllowFrom: [] };
