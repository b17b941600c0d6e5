/** What agents are shown of what others said: words of people nobody listed can be kept from them. */

import type { InboundMessage, Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { ChannelSettings } from "../channel-settings.ts";
import { type AccessRules, isAllowlisted } from "./access-decision.ts";

/** Of what waited in a group, what the agent is shown: everything, or what listed senders wrote. */
export function visibleContext(waiting: readonly Ingress[], rules: AccessRules): readonly Ingress[] {
  if (rules.channel.access.contextVisibility === "all") return waiting;
  return waiting.filter(({ message }) => message !== undefined && isAllowlisted(message, rules));
}

/** The text a message answers, if the agent is shown it. Networks do not say who wrote it, only whether we did. */
export function visibleQuote({ replyText, repliesToUs }: InboundMessage, { access }: ChannelSettings): string {
  return access.contextVisibility === "allowlist" && !repliesToUs ? "" : replyText;
}
