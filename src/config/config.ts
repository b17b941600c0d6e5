/**
 * The configuration as the program sees it, every default filled in, and what a gateway without a file uses.
 *
 * What each key means to an operator is written in config-schema.ts, which checks files against these shapes. Nothing here
 * loads the schema: a program that finds no file starts without it.
 */

import { availableParallelism } from "node:os";
import {
  type AccessGroupConfig,
  type BindingConfig,
  type ChannelCommandsConfig,
  type ChannelMessagesConfig,
  type ChannelsConfig,
  defaultChannelCommands,
  defaultChannelMessages,
  defaultSession,
  type SessionConfig,
} from "./channels/channels-config.ts";
import { type DiagnosticsConfig, defaultDiagnostics, defaultLogging, type LoggingConfig } from "./logging-config.ts";
import type { SecretProvider } from "./secrets/secret-sources.ts";

/** How callers prove who they are. */
export type AuthMode = "token" | "password" | "none";

/** Who can reach the gateway. */
export type BindMode = "loopback" | "lan" | "tailnet" | "auto" | "custom";

/** What a change of the file does to a gateway that runs. */
export type ReloadMode = "hybrid" | "hot" | "restart" | "off";

/** `gateway`: the process, where it listens and who may call. */
export interface GatewayConfig {
  readonly mode?: "local";
  readonly port?: number;
  readonly bind?: BindMode;
  /** IPv4 address, for bind "custom". */
  readonly customBindHost?: string;
  readonly auth: { readonly mode?: AuthMode; readonly token?: string; readonly password?: string };
  readonly tls: TlsConfig;
  readonly allowedHosts: readonly string[];
  readonly controlUi: { readonly allowedOrigins: readonly string[] };
  readonly reload: { readonly mode: ReloadMode; readonly debounceMs: number };
}

/** `gateway.tls`. Paths are as written in the file. */
export interface TlsConfig {
  readonly enabled: boolean;
  readonly autoGenerate: boolean;
  readonly certPath?: string;
  readonly keyPath?: string;
}

/** `agents.defaults`. */
export interface AgentConfig {
  /** References, "provider/model". */
  readonly model: { readonly primary: string; readonly fallbacks: readonly string[] };
  readonly thinkingDefault?: "off" | "minimal" | "low" | "medium" | "high";
  readonly maxConcurrent: number;
  readonly timeoutSeconds: number;
  readonly maxSteps: number;
  readonly instructions: string;
  /** As written; where it is, resolve-workspace.ts says. */
  readonly workspace?: string;
  readonly contextTokens: number;
  /** When the older part of a transcript is summed up, and by which model. */
  readonly compaction: {
    readonly enabled: boolean;
    readonly keepRecentTokens: number;
    readonly recentTurnsPreserve: number;
    readonly timeoutSeconds: number;
    readonly model?: string;
  };
}

/** `models.providers.<id>`. */
export interface ProviderConfig {
  readonly baseUrl?: string;
  readonly api?: "openai-completions" | "openai-responses" | "anthropic-messages" | "google-generative-ai";
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly models?: readonly {
    readonly id: string;
    readonly contextTokens?: number;
    readonly maxOutputTokens?: number;
    readonly input?: readonly ("text" | "image")[];
    /** US dollars for a million tokens. */
    readonly cost?: { readonly input: number; readonly output: number; readonly cacheRead?: number };
  }[];
  readonly timeoutSeconds?: number;
}

/** `messages.queue`. */
export interface QueueConfig {
  readonly mode: "steer" | "followup" | "collect" | "interrupt";
  readonly cap: number;
  readonly maxBytes: number;
  readonly debounceMs: number;
  /** Over \`mode\`, by network. */
  readonly byChannel: Readonly<Record<string, "steer" | "followup" | "collect" | "interrupt">>;
}

/** `events.retention`; the bound that is reached first counts. */
export interface RetentionConfig {
  readonly maxAgeDays: number;
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** `commands`: what others than its operator's commands may make the gateway do. */
export interface CommandsConfig extends ChannelCommandsConfig {
  /** SIGUSR1 restarts the gateway in place. */
  readonly restart: boolean;
  readonly restartCooldownSeconds: number;
}

/** The whole configuration. */
export interface Config {
  readonly $schema?: string;
  readonly gateway: GatewayConfig;
  readonly agents: { readonly defaults: AgentConfig };
  readonly models: { readonly providers: Readonly<Record<string, ProviderConfig>> };
  readonly secrets: { readonly providers: Readonly<Record<string, SecretProvider>> };
  readonly messages: ChannelMessagesConfig & { readonly queue: QueueConfig };
  readonly logging: LoggingConfig;
  readonly diagnostics: DiagnosticsConfig;
  readonly events: { readonly retention: RetentionConfig };
  /** Files that come in and go out. */
  readonly blobs: { readonly maxTotalBytes: number };
  readonly commands: CommandsConfig;
  readonly channels: ChannelsConfig;
  readonly bindings: readonly BindingConfig[];
  readonly session: SessionConfig;
  readonly accessGroups: Readonly<Record<string, AccessGroupConfig>>;
}

/** Every default. */
export const defaultConfig: Config = {
  gateway: {
    auth: {},
    tls: { enabled: false, autoGenerate: true },
    allowedHosts: [],
    controlUi: { allowedOrigins: [] },
    reload: { mode: "hybrid", debounceMs: 300 },
  },
  agents: {
    defaults: {
      model: { primary: "echo/echo", fallbacks: [] },
      maxConcurrent: Math.min(16, Math.max(8, availableParallelism())),
      timeoutSeconds: 172_800,
      maxSteps: 100,
      instructions: "",
      contextTokens: 200_000,
      compaction: { enabled: true, keepRecentTokens: 20_000, recentTurnsPreserve: 3, timeoutSeconds: 180 },
    },
  },
  models: { providers: {} },
  secrets: { providers: {} },
  messages: {
    queue: { mode: "steer", byChannel: {}, cap: 20, maxBytes: 1_048_576, debounceMs: 500 },
    ...defaultChannelMessages,
  },
  logging: defaultLogging,
  diagnostics: defaultDiagnostics,
  blobs: { maxTotalBytes: 10_737_418_240 },
  events: { retention: { maxAgeDays: 30, maxEvents: 200_000, maxBytes: 268_435_456 } },
  commands: { restart: true, restartCooldownSeconds: 30, ...defaultChannelCommands },
  channels: {},
  bindings: [],
  session: defaultSession,
  accessGroups: {},
};
