/** Which agent a message goes to. */

import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { groupSettings, isGroup } from "../access/group-settings.ts";
import type { Binding, ChannelSettings, DmScope, GroupScope, MessagingSettings } from "../channel-settings.ts";

/** Where a message goes, and why. */
export interface Route {
  /** "agents/{agent}". */
  readonly agent: string;
  /** What chose it: "bindings[2] (peer)", "groups.#room.agent" or "default". */
  readonly rule: string;
  readonly dmScope: DmScope;
  readonly groupScope: GroupScope;
}

/** From the most specific kind of match to the least; within one, the first binding wins. */
const tiers = ["peer", "parent peer", "any peer", "space and roles", "space", "account", "channel"] as const;

/** The route of a message: its group's own agent, else the most specific binding that matches in every field, else the default. */
export function findRoute(message: InboundMessage, channel: ChannelSettings, messaging: MessagingSettings): Route {
  const { dmScope, groupScope, bindings } = messaging;
  const agent = groupSettings(channel, message)?.agent;
  if (agent !== undefined) {
    return { agent, rule: `groups.${message.parentAddress || message.address}.agent`, dmScope, groupScope };
  }
  const matches = bindings.flatMap((binding, index) => {
    const tier = tierOf(binding, message, channel);
    return tier === undefined ? [] : [{ binding, index, rank: tiers.indexOf(tier), tier }];
  });
  const [best] = matches.sort((a, b) => a.rank - b.rank || a.index - b.index);
  if (best === undefined) return { agent: messaging.defaultAgent, rule: "default", dmScope, groupScope };
  return {
    agent: best.binding.agent,
    rule: `bindings[${best.index}] (${best.tier})`,
    dmScope: best.binding.dmScope ?? dmScope,
    groupScope: best.binding.groupScope ?? groupScope,
  };
}

/** How specific the match is; undefined when a field does not match. */
function tierOf(
  binding: Binding,
  message: InboundMessage,
  channel: ChannelSettings,
): (typeof tiers)[number] | undefined {
  if (binding.channel !== channel.kind && binding.channel !== "*") return undefined;
  const { accountId, space, roles, peer } = binding;
  const accountFits = accountId === undefined ? channel.isDefault : accountId === "*" || accountId === channel.account;
  if (!accountFits) return undefined;
  if (space !== undefined && space !== message.space) return undefined;
  if (roles.length > 0 && !roles.some((role) => message.senderRoles.includes(role))) return undefined;
  if (peer !== undefined) return peerTier(peer, message);
  if (space !== undefined) return roles.length > 0 ? "space and roles" : "space";
  return accountId === "*" ? "channel" : "account";
}

function peerTier(peer: NonNullable<Binding["peer"]>, message: InboundMessage): (typeof tiers)[number] | undefined {
  const direct = !isGroup(message);
  if ((peer.kind === "direct") !== direct) return undefined;
  const id = peer.id.toLowerCase();
  const own = direct ? [message.senderAddress, message.address] : [message.address];
  if (own.some((address) => address.toLowerCase() === id)) return "peer";
  if (!direct && message.parentAddress !== "" && message.parentAddress.toLowerCase() === id) return "parent peer";
  return id === "*" ? "any peer" : undefined;
}
