/**
 * What a channel is told: plain values, one object an account, filled from the configuration by whoever builds the gateway.
 * Names and defaults are the reference system's (`channels.<kind>`, `channels.<kind>.accounts.<id>`).
 */

/** Who may write in direct conversations. */
export type DmPolicy = "pairing" | "allowlist" | "open" | "disabled";

/** Which groups are answered. */
export type GroupPolicy = "allowlist" | "open" | "disabled";

/** One group (room, guild channel, thread's parent) as configured. Unset fields inherit from the channel. */
export interface GroupSettings {
  readonly enabled?: boolean;
  readonly requireMention?: boolean;
  /** Senders that are answered there; "*" is everybody. */
  readonly allowFrom?: readonly string[];
  /** Added to the system prompt in this group; the operator's own words. */
  readonly systemPrompt?: string;
  /** "agents/{agent}" that answers there, over bindings. */
  readonly agent?: string;
  /** When programs are left alone there, over the channel's. */
  readonly botLoop?: Partial<BotLoopLimits>;
}

/** Where patterns count as a mention. Addresses of groups; `denyIn` wins. */
export interface PatternScope {
  /** "allow": everywhere but in `denyIn`; "deny": only in `allowIn`. */
  readonly mode: "allow" | "deny";
  readonly allowIn: readonly string[];
  readonly denyIn: readonly string[];
}

/** Messages between us and a program before it is left alone, the time they are counted over, and the pause. */
export interface BotLoopLimits {
  readonly maxEvents: number;
  readonly windowMs: number;
  readonly cooldownMs: number;
}

/** Who is heard. */
export interface AccessSettings {
  readonly dmPolicy: DmPolicy;
  /** Sender ids or aliases; "*" is everybody, "accessGroup:<name>" a group of `AccessGroups`. */
  readonly allowFrom: readonly string[];
  readonly groupPolicy: GroupPolicy;
  /** Undefined: `allowFrom` is used. */
  readonly groupAllowFrom: readonly string[] | undefined;
  /** By address; "*" is any. Undefined when the configuration has no such map: then every group may be answered. */
  readonly groups: Readonly<Record<string, GroupSettings>> | undefined;
  readonly requireMention: boolean;
  /** What counts as a mention without one. */
  readonly implicitMentions: { readonly replyToBot: boolean; readonly threadParticipation: boolean };
  /** Where patterns of the configuration count as a mention; undefined: everywhere. */
  readonly mentionPatterns: PatternScope | undefined;
  /**
   * What agents are shown of what others said in a group: all, what listed senders wrote, or that and the message that is
   * answered.
   */
  readonly contextVisibility: "all" | "allowlist" | "allowlist_quote";
  /** When programs are left alone here, over `MessagingSettings.botLoop`. */
  readonly botLoop: Partial<BotLoopLimits>;
  /** Bot-authored messages: ignored, answered, or answered when they mention us. */
  readonly allowBots: boolean | "mentions";
  /** Which reactions agents are told of: none, those to our messages, all, or those of the listed senders. */
  readonly reactionNotifications: "off" | "own" | "all" | "allowlist";
  /** Senders whose reactions are told with "allowlist". Undefined: those the channel's other lists name. */
  readonly reactionAllowlist: readonly string[] | undefined;
}

/** How answers go out. */
export interface OutboundSettings {
  /** Longest text of one message, at most what the network takes. */
  readonly textChunkLimit: number;
  readonly chunkMode: "length" | "newline";
  /** "partial" edits a preview while the answer is written, "block" sends finished blocks at once. */
  readonly streaming: "off" | "partial" | "block";
  readonly blockMinChars: number;
  readonly blockMaxChars: number;
  /** When the answer has not grown for this long, shorter blocks are sent, too, in ms; 0 never. */
  readonly blockIdleMs: number;
  /** Pause before each block but the first, as a person would make one, in ms; undefined for none. */
  readonly humanDelay: { readonly minMs: number; readonly maxMs: number } | undefined;
  /** "batched" is "first" for an answer to several messages, else "off". */
  readonly replyToMode: "off" | "first" | "all" | "batched";
  /** Emoji put on a message that is being answered; empty for none. */
  readonly ackReaction: string;
  readonly ackReactionScope: "group-mentions" | "group-all" | "direct" | "all" | "off";
  /** The emoji is taken away when the message was answered. */
  readonly removeAck: boolean;
  /** Put before every answer; "auto" is the agent's name in brackets, empty for none. */
  readonly responsePrefix: string;
  /** "auto" is "instant" where the agent is meant (people, mentions) and "message" where it merely hears a group. */
  readonly typingMode: "never" | "instant" | "thinking" | "message" | "auto";
  /** Deliveries that waited longer than this are given up, in ms. */
  readonly expireMs: number;
  /** What happens to a delivery of which nobody can say whether it was sent. */
  readonly onAmbiguous: "hold" | "resend" | "drop";
}

/** One channel as configured. */
export interface ChannelSettings {
  /** "channels/{channel}". */
  readonly name: string;
  /** Network. */
  readonly kind: string;
  /** Account id, "default" unless there are several. */
  readonly account: string;
  /** True for the account that bindings without one mean. */
  readonly isDefault: boolean;
  readonly enabled: boolean;
  readonly title: string;
  /** True when a program outside the gateway is the channel. */
  readonly remote: boolean;
  readonly access: AccessSettings;
  readonly outbound: OutboundSettings;
  /** Models ("provider/model") by address, "*" for any: used where the session has none of its own. */
  readonly models: Readonly<Record<string, string>>;
  /** Messages of a group kept as context for the next one that is answered; 0 for none. */
  readonly historyLimit: number;
  /** Largest file taken in or sent out, in bytes. */
  readonly maxMediaBytes: number;
  /** Messages of one sender that come within this many ms are answered together; 0 answers each at once. */
  readonly debounceMs: number;
  /** False leaves a failed connection alone. */
  readonly healthMonitor: boolean;
  /** What the network itself needs (server, tokens): checked against its schema, secrets filled in. */
  readonly network: unknown;
}

/** Which agent a message goes to. All given fields must match. */
export interface Binding {
  /** "agents/{agent}". */
  readonly agent: string;
  /** Network: the kind of a channel. */
  readonly channel: string;
  /** Account id, "*" for all; undefined means the default account. */
  readonly accountId: string | undefined;
  readonly peer: { readonly kind: "direct" | "group" | "channel"; readonly id: string } | undefined;
  /** Guild, team or workspace. */
  readonly space: string | undefined;
  /** Roles of the sender, any of them. */
  readonly roles: readonly string[];
  readonly dmScope: DmScope | undefined;
  readonly groupScope: GroupScope | undefined;
}

/** Which direct conversations share a session. */
export type DmScope = "main" | "per-peer" | "per-channel-peer" | "per-account-channel-peer";

/** Whether groups have their own sessions. */
export type GroupScope = "per-group" | "main";

/** When a session starts anew by itself. */
export interface ResetRule {
  readonly mode: "none" | "daily" | "idle" | "both";
  /** Local hour of the daily reset, 0-23. */
  readonly atHour: number;
  readonly idleMinutes: number;
}

/** What channels share. */
export interface MessagingSettings {
  readonly dmScope: DmScope;
  readonly groupScope: GroupScope;
  /** Canonical name → "<kind>:<sender>" or bare sender ids that are the same person. */
  readonly identityLinks: Readonly<Record<string, readonly string[]>>;
  readonly bindings: readonly Binding[];
  /** Agent when no binding matches, "agents/{agent}". */
  readonly defaultAgent: string;
  readonly reset: ResetRule;
  readonly resetByKind: Readonly<Partial<Record<"direct" | "group" | "thread", ResetRule>>>;
  readonly resetByChannel: Readonly<Record<string, ResetRule>>;
  /** What messages do while their session is busy, by network; the session's own word wins. */
  readonly queueModeByChannel: Readonly<Record<string, "steer" | "followUp" | "collect" | "interrupt">>;
  /** Beginnings of a message that are as good as /new. */
  readonly resetTriggers: readonly string[];
  /** What stands under answers unless the session says otherwise. */
  readonly responseUsage: "off" | "tokens" | "full";
  /** First deny that matches wins, then an allow, then `sendDefault`. */
  readonly sendRules: readonly SendRule[];
  readonly sendDefault: "allow" | "deny";
  /** Case-insensitive regular expressions that count as a mention; unsafe ones were refused with the configuration. */
  readonly mentionPatterns: readonly string[];
  /** Name → sender ids by network, "*" for all networks. */
  readonly accessGroups: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly commands: CommandSettings;
  /** When programs are left alone. */
  readonly botLoop: BotLoopLimits;
}

/** Allows or denies answers. All given fields must match. */
export interface SendRule {
  readonly action: "allow" | "deny";
  readonly channel: string | undefined;
  readonly kind: "direct" | "group" | "thread" | undefined;
  /** Beginning of the session's id, with or without the "agent:<id>:" of sessions on channels. */
  readonly sessionPrefix: string | undefined;
  /** Beginning of its whole id. */
  readonly wholePrefix?: string | undefined;
}

/** Slash commands. */
export interface CommandSettings {
  readonly text: boolean;
  /** By network, "*" for all: who may use commands. Undefined: whoever may write. */
  readonly allowFrom: Readonly<Record<string, readonly string[]>> | undefined;
  /** "<kind>:<sender>" or bare sender ids. */
  readonly ownerAllowFrom: readonly string[];
  readonly restart: boolean;
}

/** What a gateway without configuration uses; the reference system's values. */
export const defaultMessaging: MessagingSettings = {
  dmScope: "main",
  groupScope: "per-group",
  identityLinks: {},
  bindings: [],
  defaultAgent: "agents/main",
  reset: { mode: "none", atHour: 4, idleMinutes: 60 },
  resetByKind: {},
  resetByChannel: {},
  queueModeByChannel: {},
  resetTriggers: ["/new", "/reset"],
  responseUsage: "off",
  sendRules: [],
  sendDefault: "allow",
  mentionPatterns: [],
  accessGroups: {},
  commands: { text: true, allowFrom: undefined, ownerAllowFrom: [], restart: true },
  botLoop: { maxEvents: 20, windowMs: 60_000, cooldownMs: 60_000 },
};
