/** What core can be told: plain values, filled from the configuration by whoever builds the gateway. */

import type { Thinking } from "./agent/model.ts";
import { type ChannelSettings, defaultMessaging, type MessagingSettings } from "./channel/channel-settings.ts";
import type { Retention } from "./event/event-table.ts";

/** What a message does when its session is busy. */
export type QueueMode = "steer" | "followUp" | "collect" | "interrupt" | "reject";

/** How much may wait behind a session's active run. */
export interface QueueSettings {
  /** Used when a caller does not choose. */
  readonly mode: QueueMode;
  /** Messages that may wait. */
  readonly cap: number;
  /** Bytes of text that may wait. */
  readonly maxBytes: number;
  /** A collecting run starts when no message joined it for this long. */
  readonly debounceMs: number;
}

/** What an agent uses unless a session or run says otherwise. */
export interface AgentSettings {
  /** "provider/model". */
  readonly model: string;
  /** Tried in order when the model fails; not used when a caller chose a model. */
  readonly fallbacks: readonly string[];
  readonly thinking: Thinking | undefined;
  readonly maxOutputTokens: number | undefined;
  /** Added to the system prompt; the operator's own words. */
  readonly instructions: string;
  /** Tokens of transcript a call may carry when the model does not say how much it reads. */
  readonly contextTokens: number;
}

/** When and how the older part of a transcript is summed up. */
export interface CompactionSettings {
  /** True when it happens by itself; what is asked for, and what a model refuses to read, is summed up either way. */
  readonly enabled: boolean;
  /** What is compacted by itself keeps its newest turns up to this many tokens. */
  readonly keepRecentTokens: number;
  /** Newest turns that are kept in any case, unless they alone fill half of what the model reads. */
  readonly recentTurnsPreserve: number;
  /** Longest time a summary may take. */
  readonly timeoutMs: number;
  /** "provider/model" that writes it; undefined for the session's. */
  readonly model: string | undefined;
}

/** Bounds of runs. */
export interface RunLimits {
  /** Runs worked on at a time, over all sessions. */
  readonly maxConcurrent: number;
  /** Longest time a run may take, and what it gets unless the caller asks for less. */
  readonly timeoutMs: number;
  /** Model calls one run may make. */
  readonly maxSteps: number;
  /** A run that makes no progress for this long is given up. */
  readonly leaseMs: number;
  /** Times work on a run may begin; beyond, an interrupted run fails. */
  readonly maxAttempts: number;
  /** When the store refuses the start or the end of a run, it is tried again after this long. */
  readonly retryMs: number;
}

/** Waits between model calls that failed. */
export interface RetrySettings {
  /** Tries of one model before the next in the chain. */
  readonly tries: number;
  /** First wait; doubles. */
  readonly baseMs: number;
  /** Longest wait the gateway chooses itself. */
  readonly capMs: number;
  /** Longest wait a provider may ask for. */
  readonly retryAfterCapMs: number;
  /** Rounds over the whole chain when every model is overloaded. */
  readonly overloadRounds: number;
  /** First wait between such rounds; doubles up to `capMs`. */
  readonly overloadBaseMs: number;
}

/** Everything core can be told. */
export interface CoreSettings {
  readonly agent: AgentSettings;
  readonly compaction: CompactionSettings;
  readonly queue: QueueSettings;
  readonly run: RunLimits;
  readonly retry: RetrySettings;
  readonly retention: Retention;
  /** Files that come in and go out. */
  readonly blobs: { readonly maxTotalBytes: number };
  /** What channels share: routing, resets, commands. Read on use. */
  readonly messaging: MessagingSettings;
  /** Every configured channel; `Channels.apply` takes a change of it. */
  readonly channels: readonly ChannelSettings[];
  /** IANA zone of the machine. */
  readonly timeZone: string;
}

/**
 * Puts new values into settings that are in use: whoever holds them, or a group of them, reads the new ones from then on. What
 * works on something keeps what it has read.
 */
export function replaceSettings(settings: CoreSettings, next: CoreSettings): void {
  replaceIn(settings as unknown as Group, next as unknown as Group);
}

type Group = Record<string, unknown>;

function replaceIn(target: Group, next: Group): void {
  if (target === next) return;
  for (const key of Object.keys(target)) if (!Object.hasOwn(next, key)) delete target[key];
  for (const key of Object.keys(next)) {
    // Computed whenever it is read: there is nothing to replace.
    if (Object.getOwnPropertyDescriptor(target, key)?.get !== undefined) continue;
    const [known, value] = [target[key], next[key]];
    if (isGroup(known) && isGroup(value)) replaceIn(known, value);
    else target[key] = value;
  }
}

function isGroup(value: unknown): value is Group {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Values a gateway without configuration uses; numbers are the reference system's where it has them. */
export const defaultSettings: CoreSettings = {
  agent: {
    model: "echo/echo",
    fallbacks: [],
    thinking: undefined,
    maxOutputTokens: undefined,
    instructions: "",
    contextTokens: 200_000,
  },
  compaction: { enabled: true, keepRecentTokens: 20_000, recentTurnsPreserve: 3, timeoutMs: 180_000, model: undefined },
  queue: { mode: "steer", cap: 20, maxBytes: 1_048_576, debounceMs: 500 },
  run: { maxConcurrent: 8, timeoutMs: 172_800_000, maxSteps: 100, leaseMs: 600_000, maxAttempts: 3, retryMs: 5_000 },
  retry: {
    tries: 3,
    baseMs: 1_000,
    capMs: 30_000,
    retryAfterCapMs: 60_000,
    overloadRounds: 10,
    overloadBaseMs: 2_500,
  },
  blobs: { maxTotalBytes: 10_737_418_240 },
  retention: { maxAgeMs: 30 * 86_400_000, maxEvents: 200_000, maxBytes: 268_435_456 },
  messaging: defaultMessaging,
  channels: [],
  timeZone: "UTC",
};
