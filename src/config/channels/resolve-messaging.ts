/** From the configuration to what channels share, in the shape core's MessagingSettings have. */

import type {
  AccessGroupConfig,
  BindingConfig,
  ChannelCommandsConfig,
  ChannelMessagesConfig,
  ResetConfig,
  SessionConfig,
} from "./channels-config.ts";

/** What it is made from. */
export interface MessagingConfig {
  readonly bindings: readonly BindingConfig[];
  readonly session: SessionConfig;
  readonly accessGroups: Readonly<Record<string, AccessGroupConfig>>;
  readonly messages: ChannelMessagesConfig & {
    readonly queue: { readonly byChannel: Readonly<Record<string, keyof typeof queueModes>> };
  };
  readonly commands: ChannelCommandsConfig & { readonly restart: boolean };
}

/** Modes of the queue as core names them. */
const queueModes = { steer: "steer", followup: "followUp", collect: "collect", interrupt: "interrupt" } as const;

/** Every value filled in. */
export function resolveMessaging({ bindings, session, accessGroups, messages, commands }: MessagingConfig) {
  const { dmScope, groupScope, identityLinks, reset, resetByType, resetByChannel, resetTriggers, sendPolicy } = session;
  const { text, allowFrom, ownerAllowFrom, restart } = commands;
  const { maxEvents, windowSeconds, cooldownSeconds } = messages.botLoop;
  return {
    dmScope,
    groupScope,
    identityLinks,
    bindings: bindings.map(bindingOf),
    defaultAgent: "agents/main",
    reset: resetOf(reset),
    resetByKind: resetsOf(resetByType),
    resetByChannel: resetsOf(resetByChannel),
    resetTriggers,
    responseUsage: messages.responseUsage,
    queueModeByChannel: Object.fromEntries(
      Object.entries(messages.queue.byChannel).map(([kind, mode]) => [kind, queueModes[mode]]),
    ),
    sendRules: sendPolicy.rules.map(({ action, match: { channel, chatType, keyPrefix, rawKeyPrefix } }) => {
      return { action, channel, kind: chatType, sessionPrefix: keyPrefix, wholePrefix: rawKeyPrefix };
    }),
    sendDefault: sendPolicy.default,
    mentionPatterns: messages.groupChat.mentionPatterns,
    accessGroups: Object.fromEntries(Object.entries(accessGroups).map(([name, { members }]) => [name, members])),
    commands: { text, allowFrom, ownerAllowFrom, restart },
    botLoop: { maxEvents, windowMs: windowSeconds * 1_000, cooldownMs: cooldownSeconds * 1_000 },
  };
}

function bindingOf({ agentId, match, session }: BindingConfig) {
  return {
    agent: `agents/${agentId}`,
    channel: match.channel,
    accountId: match.accountId,
    peer: match.peer && { ...match.peer, kind: match.peer.kind === "dm" ? ("direct" as const) : match.peer.kind },
    space: match.space ?? match.guildId ?? match.teamId,
    roles: match.roles ?? [],
    dmScope: session?.dmScope,
    groupScope: session?.groupScope,
  };
}

/** Whichever comes first counts where silence is limited beside a daily hour. */
function resetOf({ mode, atHour, idleMinutes }: ResetConfig) {
  const both = mode === "daily" && idleMinutes !== undefined;
  return { mode: both ? ("both" as const) : mode, atHour, idleMinutes: idleMinutes ?? 60 };
}

function resetsOf(resets: Readonly<Record<string, ResetConfig | undefined>>) {
  const known = Object.entries(resets).flatMap(([key, reset]) => (reset === undefined ? [] : [[key, resetOf(reset)]]));
  return Object.fromEntries(known) as Readonly<Record<string, ReturnType<typeof resetOf>>>;
}
