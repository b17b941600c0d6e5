/** Whom do channels let in? */

import type { PolicyConfig } from "../../config/channels/channels-config.ts";
import type { Check, Problem } from "../care/check.ts";

/** A list entry that means everybody. */
const anybody = "*";

interface Placed {
  /** "channels.irc", "channels.irc.accounts.work". */
  readonly path: string;
  /** What is written there. */
  readonly policy: PolicyConfig;
  /** With what is inherited. */
  readonly whole: PolicyConfig;
}

/** Policies that let in people nobody chose, and lists of owners that name everybody. */
export const policiesCheck: Check = {
  id: "policies",
  run({ loaded }) {
    if (loaded === undefined) return [];
    const { channels, commands } = loaded.config;
    const { modelByChannel: _models, ...policies } = channels;
    const placed = Object.entries(policies).flatMap(([kind, channel]): Placed[] => {
      const path = `channels.${kind}`;
      const accounts = "accounts" in channel ? Object.entries(channel.accounts ?? {}) : [];
      const whole: PolicyConfig = { ...channels.defaults, ...channel };
      const below = accounts.map(([id, policy]) => {
        return { path: `${path}.accounts.${id}`, policy, whole: { ...whole, ...policy } };
      });
      return [{ path, policy: channel, whole }, ...below];
    });
    return [...placed.flatMap(directMessages), ...placed.flatMap(groups), ...owners(commands)];
  },
};

function directMessages({ path, policy, whole }: Placed): Problem[] {
  const open = policy.dmPolicy === "open";
  const subject = open ? `${path}.dmPolicy` : `${path}.allowFrom`;
  if (names(policy.allowFrom) || (open && names(whole.allowFrom))) {
    const reason = "whoever finds the account can talk to the agent, which acts with your rights";
    const fix = open ? 'set it to "pairing" or "allowlist"' : 'name the people, or set dmPolicy to "pairing"';
    return [{ severity: "error", subject, reason, fix }];
  }
  if (!open) return [];
  const reason = 'only those in allowFrom are heard, and a "*" there is enough to let everybody in';
  return [{ severity: "warning", subject, reason, fix: 'say what is meant: "allowlist" or "pairing"' }];
}

function groups({ path, policy, whole }: Placed): Problem[] {
  const problem = (key: string, reason: string, fix: string): Problem => {
    return { severity: "warning", subject: `${path}.${key}`, reason, fix };
  };
  const found: Problem[] = [];
  if (policy.groupPolicy === "open") {
    found.push(problem("groupPolicy", "the agent answers in every group it is added to", 'set it to "allowlist"'));
  }
  if (names(policy.groupAllowFrom)) {
    found.push(problem("groupAllowFrom", "everybody in a group can talk to the agent", "name the people"));
  }
  for (const [address, group] of Object.entries(policy.groups ?? {})) {
    if (address !== anybody || group.enabled === false) continue;
    const quiet = group.requireMention ?? whole.requireMention ?? true;
    const when = quiet ? " when it is mentioned" : ", also what is not said to it";
    const reason = `the agent answers in every group it is added to${when}`;
    const fix = quiet ? "name the groups" : "name the groups, or set requireMention to true";
    found.push({ ...problem('groups["*"]', reason, fix), severity: quiet ? "info" : "warning" });
  }
  if (policy.allowBots === true) {
    const reason = "other bots can talk to the agent: two of them may never stop";
    found.push(problem("allowBots", reason, 'set it to "mentions" or false'));
  }
  return found;
}

function owners({ ownerAllowFrom }: { readonly ownerAllowFrom?: readonly string[] }): Problem[] {
  if (!names(ownerAllowFrom)) return [];
  const reason = "everybody who can write to the agent counts as its owner";
  return [{ severity: "error", subject: "commands.ownerAllowFrom", reason, fix: "name yourself" }];
}

function names(list: readonly string[] | undefined): boolean {
  return list?.includes(anybody) ?? false;
}
