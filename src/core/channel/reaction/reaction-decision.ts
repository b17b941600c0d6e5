/** Whether an agent is told of a reaction: who may write may react, as far as the channel wants to know of reactions. */

import { type AccessFacts, type AccessRules, isAllowlisted, mayWrite, settingKey } from "../access/access-decision.ts";
import { listAdmits, listedSender } from "../access/sender-lists.ts";

/** Whether it is told, by which rule, and why (not), with the setting that would change it. */
export interface ReactionDecision {
  readonly told: boolean;
  readonly rule: string;
  readonly reason: string;
}

/** Decides. */
export function decideReaction(
  { message, paired }: Pick<AccessFacts, "message" | "paired">,
  rules: AccessRules,
): ReactionDecision {
  const { channel } = rules;
  const { reactionNotifications: notify } = channel.access;
  const rule = `reactionNotifications=${notify}`;
  const setting = settingKey(channel, "reactionNotifications");
  if (notify === "off") return { told: false, rule, reason: `${setting} is off` };
  if (notify === "own" && !message.repliesToUs) {
    return {
      told: false,
      rule,
      reason: `it is on a message that is not ours; to be told of it, set ${setting} to all`,
    };
  }
  // A reaction to us means us, and nothing answers it: no loop can come of it.
  const meant = { mentioned: message.repliesToUs, loop: undefined };
  const facts = { message, paired, ...meant, ours: false, activation: undefined, command: false };
  const refused = mayWrite(facts, rules);
  if (refused !== undefined) return { told: false, rule: refused.rule, reason: refused.reason };
  if (notify === "allowlist" && !isListed(facts, rules)) {
    return {
      told: false,
      rule,
      reason: `the sender is not in ${settingKey(channel, "reactionAllowlist")}; add it there`,
    };
  }
  return { told: true, rule, reason: "a reaction is told with the next message" };
}

function isListed({ message }: Pick<AccessFacts, "message">, rules: AccessRules): boolean {
  const { channel, messaging } = rules;
  const { reactionAllowlist: list } = channel.access;
  if (list === undefined) return isAllowlisted(message, rules);
  return listAdmits(list, listedSender(channel.kind, message), messaging.accessGroups);
}
