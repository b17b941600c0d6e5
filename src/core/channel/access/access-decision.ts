/** Who is heard: one function from what is known of a message to a decision, gate after gate. */

import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { ChannelSettings, MessagingSettings } from "../channel-settings.ts";
import { groupSettings, isGroup, isListedGroup } from "./group-settings.ts";
import { type Listed, listAdmits, listedSender } from "./sender-lists.ts";

/** What is known of a message besides what it says. */
export interface AccessFacts {
  readonly message: InboundMessage;
  /** We sent it ourselves. */
  readonly ours: boolean;
  /** The sender was admitted by pairing. */
  readonly paired: boolean;
  /** It mentions us, by the network's means or by a pattern. */
  readonly mentioned: boolean;
  /** What the group's session says about mentions, over the configuration. */
  readonly activation: string | undefined;
  /** It is a command its sender may use: that is as good as a mention. */
  readonly command: boolean;
  /** Why this sender is to be left alone for a while, in words: bots that talk with each other without end. */
  readonly loop: string | undefined;
}

/** The configuration a decision is made by. */
export interface AccessRules {
  readonly channel: ChannelSettings;
  readonly messaging: Pick<MessagingSettings, "accessGroups">;
}

/** What is to become of a message, and why. */
export interface AccessDecision {
  readonly verdict: "admit" | "pair" | "context" | "suppress";
  /** Rule that decided, e.g. "dmPolicy=pairing" or "mention". */
  readonly rule: string;
  /** Why, in words; for what is not heard, with the setting that would change it. */
  readonly reason: string;
}

/** Decides. The gates stand in this order: what is no message, bots, who may write, and in groups whether we are meant. */
export function decideAccess(facts: AccessFacts, rules: AccessRules): AccessDecision {
  const gates = isGroup(facts.message) ? [noMessage, mayWrite, mention] : [noMessage, mayWrite];
  const admitted = { verdict: "admit", rule: admitRule(facts, rules), reason: "" } as const;
  return firstOf(gates, facts, rules) ?? admitted;
}

/** Why the sender is not heard there whatever it says; undefined when it may write. */
export function mayWrite(facts: AccessFacts, rules: AccessRules): AccessDecision | undefined {
  const gates = isGroup(facts.message) ? [bots, groupPolicy, groupList, groupSenders] : [bots, directPolicy];
  return firstOf(gates, facts, rules);
}

/** True when the sender is named by a list of the channel: such senders may use commands wherever they write. */
export function isAllowlisted(message: InboundMessage, rules: AccessRules): boolean {
  const { access } = rules.channel;
  const sender = listedSender(rules.channel.kind, message);
  const lists = isGroup(message) ? sendersOf(message, rules.channel) : access.allowFrom;
  return listAdmits(lists, sender, rules.messaging.accessGroups);
}

/** Where a setting of the channel stands in the configuration. */
export function settingKey({ kind, account, isDefault }: ChannelSettings, name: string): string {
  return isDefault ? `channels.${kind}.${name}` : `channels.${kind}.accounts.${account}.${name}`;
}

type Gate = (facts: AccessFacts, rules: AccessRules) => AccessDecision | undefined;

function firstOf(gates: readonly Gate[], facts: AccessFacts, rules: AccessRules): AccessDecision | undefined {
  for (const gate of gates) {
    const decision = gate(facts, rules);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

const noMessage: Gate = ({ message, ours }) => {
  if (ours) return suppress("echo", "we sent it ourselves");
  if (message.edited) return suppress("edit", "it is an edit of an earlier message; edits start no run");
  if (message.text.trim() === "" && message.attachments.length === 0) return suppress("empty", "it says nothing");
  return undefined;
};

const bots: Gate = ({ message, mentioned, loop }, { channel }) => {
  if (!message.senderIsBot) return undefined;
  const { allowBots } = channel.access;
  if (allowBots === false)
    return suppress("allowBots", `a program wrote it and ${settingKey(channel, "allowBots")} is false`);
  if (allowBots === "mentions" && !mentioned) {
    return suppress("allowBots=mentions", "a program wrote it without mentioning us");
  }
  return loop === undefined ? undefined : suppress("botLoop", loop);
};

const directPolicy: Gate = ({ message, paired }, rules) => {
  const { channel, messaging } = rules;
  const { dmPolicy, allowFrom } = channel.access;
  const rule = `dmPolicy=${dmPolicy}`;
  if (dmPolicy === "disabled") return suppress(rule, `${settingKey(channel, "dmPolicy")} is disabled`);
  const listed = listAdmits(allowFrom, listedSender(channel.kind, message), messaging.accessGroups);
  // Who was paired is heard while pairing is the policy: a stricter one, or an open one, is not widened by it.
  if (listed || (paired && dmPolicy === "pairing")) return undefined;
  if (dmPolicy === "pairing") {
    // Only who has an address to be admitted by can be asked to pair, and a program cannot ask anybody.
    if (message.button || message.reaction !== undefined) {
      return suppress(rule, "the sender is not paired; only a written message asks for a code");
    }
    if (message.senderAddress !== "" && !message.senderIsBot) {
      return { verdict: "pair", rule, reason: "the sender is not paired yet" };
    }
    return suppress(rule, "the sender is not paired and cannot be");
  }
  const hint = dmPolicy === "open" ? 'add "*" or the sender' : "add the sender";
  return suppress(rule, `the sender is not in ${settingKey(channel, "allowFrom")}; ${hint} to be answered`);
};

const groupPolicy: Gate = (_facts, { channel }) => {
  const { groupPolicy: policy } = channel.access;
  return policy === "disabled"
    ? suppress("groupPolicy=disabled", `${settingKey(channel, "groupPolicy")} is disabled`)
    : undefined;
};

const groupList: Gate = ({ message }, { channel }) => {
  if (!isListedGroup(channel, message)) {
    return suppress(
      "groups",
      `the group is not in ${settingKey(channel, "groups")}; add ${groupAddress(message)} there`,
    );
  }
  const disabled = groupSettings(channel, message)?.enabled === false;
  return disabled
    ? suppress("groups", `${settingKey(channel, "groups")} says that this group is not enabled`)
    : undefined;
};

const groupSenders: Gate = ({ message }, { channel, messaging }) => {
  const own = groupSettings(channel, message)?.allowFrom;
  if (channel.access.groupPolicy === "open" && own === undefined) return undefined;
  const sender: Listed = listedSender(channel.kind, message);
  if (listAdmits(sendersOf(message, channel), sender, messaging.accessGroups)) return undefined;
  const setting = own === undefined ? "groupAllowFrom" : `groups.${groupAddress(message)}.allowFrom`;
  return suppress(
    "groupAllowFrom",
    `the sender is not in ${settingKey(channel, setting)}; add the sender or "*" there`,
  );
};

const mention: Gate = (facts, { channel }) => {
  const { message, mentioned, activation, command } = facts;
  const configured = groupSettings(channel, message)?.requireMention ?? channel.access.requireMention;
  const required = activation === undefined ? configured : activation === "mention";
  if (!required || mentioned || command || impliesMention(message, channel)) return undefined;
  const reason = "it does not mention us";
  return channel.historyLimit > 0 ? { verdict: "context", rule: "mention", reason } : suppress("mention", reason);
};

/** An answer to us, or talk in a thread of ours, counts as a mention where the configuration says so. */
function impliesMention({ repliesToUs, kind, replyTo }: InboundMessage, { access }: ChannelSettings): boolean {
  if (!repliesToUs) return false;
  const inThread = kind === Kind.THREAD && replyTo === "";
  return inThread ? access.implicitMentions.threadParticipation : access.implicitMentions.replyToBot;
}

/** The list that holds in a group. Pairing admits nobody to a group. */
function sendersOf(message: InboundMessage, channel: ChannelSettings): readonly string[] {
  const { groupAllowFrom, allowFrom } = channel.access;
  return groupSettings(channel, message)?.allowFrom ?? groupAllowFrom ?? allowFrom;
}

function admitRule({ message }: AccessFacts, { channel }: AccessRules): string {
  const { dmPolicy, groupPolicy: policy } = channel.access;
  return isGroup(message) ? `groupPolicy=${policy}` : `dmPolicy=${dmPolicy}`;
}

function groupAddress({ address, parentAddress }: InboundMessage): string {
  return parentAddress === "" ? address : parentAddress;
}

function suppress(rule: string, reason: string): AccessDecision {
  return { verdict: "suppress", rule, reason };
}
