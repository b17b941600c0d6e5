/** From `channels` to one object an account: inheritance, defaults, environment. */

import { isSensitiveName } from "../../lib/log/secret-patterns.ts";
import { type Environment, readVariable } from "../environment.ts";
import { formatPath } from "../file/json5-source.ts";
import type {
  AccountConfig,
  BotLoopConfig,
  ChannelConfig,
  ChannelMessagesConfig,
  ChannelsConfig,
  GroupConfig,
  HumanDelayConfig,
  ModelByChannelConfig,
  PolicyConfig,
} from "./channels-config.ts";
import { networkVariables } from "./network-environment.ts";
import { networkPolicies } from "./network-policies.ts";

const defaultAccountId = "default";
const megabyte = 1_048_576;

/** Keys that are not the network's own. */
const commonKeys: ReadonlySet<string> = new Set([
  ...["enabled", "name", "driver", "accounts", "defaultAccount", "dmPolicy", "allowFrom", "groupPolicy"],
  ...["groupAllowFrom", "groups", "requireMention", "implicitMentions", "allowBots", "historyLimit", "textChunkLimit"],
  ...["streaming", "replyToMode", "ackReaction", "ackReactionScope", "responsePrefix", "typingMode", "mediaMaxMb"],
  ...["healthMonitor", "delivery", "reactionNotifications", "reactionAllowlist", "botLoop"],
  ...["mentionPatterns", "contextVisibility", "removeAckAfterReply"],
]);

/** What accounts are resolved with. */
export interface ChannelSurroundings {
  readonly messages: ChannelMessagesConfig;
  readonly environment: Environment;
  /** Key paths of what cannot be had: variables that are not set, and secrets that references lead to. Default: none. */
  readonly missing?: readonly string[];
}

/** Every configured account, in the shape core's ChannelSettings have; by name. */
export function resolveChannels(channels: ChannelsConfig, surroundings: ChannelSurroundings) {
  const { defaults = {}, modelByChannel = {}, ...kinds } = channels;
  return Object.entries(kinds)
    .flatMap(([kind, channel]) => accountsOf(kind, channel, surroundings))
    .map((account) => ({
      ...resolveAccount(account, defaults, surroundings.messages),
      models: (modelByChannel as ModelByChannelConfig)[account.kind] ?? {},
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Account {
  readonly kind: string;
  readonly id: string;
  readonly isDefault: boolean;
  readonly remote: boolean;
  /** Everything inherited from the channel. */
  readonly config: AccountConfig;
}

function accountsOf(kind: string, channel: ChannelConfig, surroundings: ChannelSurroundings): Account[] {
  const { accounts = {}, defaultAccount, driver, ...base } = channel;
  const ids = Object.keys(accounts).sort();
  const usual = ids.length === 0 || ids.includes(defaultAccountId) ? defaultAccountId : ids[0];
  const chosen = defaultAccount ?? usual ?? defaultAccountId;
  // A default account that is not in the map is the channel itself.
  const all = ids.includes(chosen) ? ids : [chosen, ...ids];
  return all.map((id) => {
    const isDefault = id === chosen;
    const enabled = base.enabled !== false && accounts[id]?.enabled !== false;
    const missing = missingSecrets(kind, id, { account: accounts[id] ?? {}, missing: surroundings.missing ?? [] });
    const own = { ...without(missing, { ...base, ...accounts[id] }), enabled };
    const variables = without(missing, networkVariables[kind] ?? {});
    const config = isDefault ? withVariables(own, variables, surroundings.environment) : own;
    return { kind, id, isDefault, remote: driver === "remote", config };
  });
}

/**
 * Keys of an account's secrets that cannot be had. They are as good as not set, but nothing else takes their place: neither the
 * name of a variable, which everybody can guess, nor the secret of another account.
 */
function missingSecrets(
  kind: string,
  id: string,
  { account, missing }: { account: AccountConfig; missing: readonly string[] },
): ReadonlySet<string> {
  const keysBelow = (path: readonly string[]): string[] => {
    const start = `${formatPath(path)}.`;
    return missing.flatMap((one) => (one.startsWith(start) ? [one.slice(start.length)] : [])).filter(isSensitiveName);
  };
  const inherited = keysBelow(["channels", kind]).filter((key) => account[key] === undefined);
  return new Set([...inherited, ...keysBelow(["channels", kind, "accounts", id])]);
}

function without<T>(keys: ReadonlySet<string>, value: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}

function resolveAccount(
  { kind, id, isDefault, remote, config }: Account,
  defaults: PolicyConfig,
  messages: ChannelMessagesConfig,
) {
  const policy: PolicyConfig = { ...networkPolicies[kind], ...defaults, ...withoutUndefined(config) };
  return {
    name: id === defaultAccountId ? `channels/${kind}` : `channels/${kind}:${id}`,
    kind,
    account: id,
    isDefault,
    enabled: config.enabled !== false,
    title: config.name ?? "",
    remote,
    access: accessOf(policy),
    outbound: outboundOf(policy, messages),
    historyLimit: policy.historyLimit ?? messages.groupChat.historyLimit,
    maxMediaBytes: (policy.mediaMaxMb ?? 20) * megabyte,
    debounceMs: messages.inbound.byChannel[kind] ?? messages.inbound.debounceMs,
    healthMonitor: policy.healthMonitor?.enabled ?? true,
    network: Object.fromEntries(Object.entries(config).filter(([key]) => !commonKeys.has(key))),
  };
}

function accessOf(policy: PolicyConfig) {
  return {
    dmPolicy: policy.dmPolicy ?? "pairing",
    allowFrom: policy.allowFrom ?? [],
    groupPolicy: policy.groupPolicy ?? "allowlist",
    groupAllowFrom: policy.groupAllowFrom,
    groups: policy.groups && mapValues(policy.groups, groupOf),
    requireMention: policy.requireMention ?? true,
    implicitMentions: {
      replyToBot: policy.implicitMentions?.replyToBot ?? true,
      threadParticipation: policy.implicitMentions?.threadParticipation ?? true,
    },
    mentionPatterns: policy.mentionPatterns && {
      mode: policy.mentionPatterns.mode ?? "allow",
      allowIn: policy.mentionPatterns.allowIn ?? [],
      denyIn: policy.mentionPatterns.denyIn ?? [],
    },
    contextVisibility: policy.contextVisibility ?? "all",
    botLoop: botLoopOf(policy.botLoop),
    allowBots: policy.allowBots ?? false,
    reactionNotifications: policy.reactionNotifications ?? "own",
    reactionAllowlist: policy.reactionAllowlist,
  } as const;
}

function groupOf({ agentId, botLoop, ...group }: GroupConfig) {
  const agent = agentId === undefined ? {} : { agent: `agents/${agentId}` };
  return { ...group, ...agent, ...(botLoop !== undefined && { botLoop: botLoopOf(botLoop) }) };
}

function botLoopOf({ maxEvents, windowSeconds, cooldownSeconds }: BotLoopConfig = {}) {
  return withoutUndefined({
    maxEvents,
    windowMs: windowSeconds === undefined ? undefined : windowSeconds * 1_000,
    cooldownMs: cooldownSeconds === undefined ? undefined : cooldownSeconds * 1_000,
  });
}

/** Pauses between blocks, in ms; "natural" is what people do. */
function humanDelayOf(wanted: HumanDelayConfig = "off") {
  if (wanted === "off") return undefined;
  return wanted === "natural" ? { minMs: 800, maxMs: 2_500 } : wanted;
}

function outboundOf(policy: PolicyConfig, messages: ChannelMessagesConfig) {
  const streaming = typeof policy.streaming === "string" ? { mode: policy.streaming } : (policy.streaming ?? {});
  const { chunkMode = "length" as const, block = {} } = streaming as Exclude<
    typeof policy.streaming,
    string | undefined
  >;
  return {
    textChunkLimit: policy.textChunkLimit ?? 4_000,
    chunkMode,
    streaming: streaming.mode ?? (block.enabled === true ? ("block" as const) : ("off" as const)),
    blockMinChars: block.minChars ?? 800,
    blockMaxChars: block.maxChars ?? 1_200,
    blockIdleMs: block.idleMs ?? 1_000,
    humanDelay: humanDelayOf(block.humanDelay),
    replyToMode: policy.replyToMode ?? "off",
    ackReaction: policy.ackReaction ?? messages.ackReaction,
    ackReactionScope: policy.ackReactionScope ?? messages.ackReactionScope,
    removeAck: policy.removeAckAfterReply ?? messages.removeAckAfterReply,
    responsePrefix: policy.responsePrefix ?? messages.responsePrefix,
    typingMode: policy.typingMode ?? "auto",
    expireMs: (policy.delivery?.expireMinutes ?? 1_440) * 60_000,
    onAmbiguous: policy.delivery?.onAmbiguous ?? "hold",
  } as const;
}

/** Variables fill in what neither the account nor the channel says. */
function withVariables(config: AccountConfig, variables: Readonly<Record<string, string>>, environment: Environment) {
  const filled: Record<string, unknown> = { ...config };
  for (const [path, name] of Object.entries(variables)) {
    const value = readVariable(environment, name);
    const [key = "", inner] = path.split(".");
    if (value === undefined || (inner === undefined && filled[key] !== undefined)) continue;
    if (inner === undefined) filled[key] = plainValue(key, value);
    else filled[key] = { [inner]: value, ...(filled[key] as object | undefined) };
  }
  return filled as AccountConfig;
}

/** Ports are numbers, switches are words, lists have commas. */
function plainValue(key: string, value: string): unknown {
  if (key === "port") return Number(value);
  if (key === "tls") return !/^(0|false|no|off)$/i.test(value);
  if (key === "channels")
    return value
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean);
  return value;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
