/** What a sender may do besides being answered. */

import type { Sender } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { MessagingSettings } from "../channel-settings.ts";
import type { Arrival } from "../inbound/arrival.ts";
import { isAllowlisted } from "./access-decision.ts";
import { isGroup } from "./group-settings.ts";
import { listAdmits, listedSender, listNames } from "./sender-lists.ts";

/** A sender's rights. */
export interface Standing {
  readonly owner: boolean;
  readonly mayCommand: boolean;
}

/**
 * Owners are those the configuration names; while it names none, the one an administrator let in first. Commands are for
 * owners, and for those on the list of commands; without such a list, for whoever a list of the channel names or pairing has
 * let in. Programs command nothing.
 */
export function standingOf(
  { channel, message }: Arrival,
  paired: Sender | undefined,
  messaging: MessagingSettings,
): Standing {
  if (message.senderIsBot) return { owner: false, mayCommand: false };
  const { ownerAllowFrom, allowFrom } = messaging.commands;
  const listed = listedSender(channel.kind, message);
  const heard = paired !== undefined && channel.access.dmPolicy === "pairing";
  const owner = ownerAllowFrom.length > 0 ? listNames(ownerAllowFrom, listed) : heard && paired.owner;
  if (owner) return { owner, mayCommand: true };
  if (allowFrom !== undefined) {
    const named = [...(allowFrom["*"] ?? []), ...(allowFrom[channel.kind] ?? [])];
    return { owner, mayCommand: listAdmits(named, listed, messaging.accessGroups) };
  }
  const rules = { channel, messaging };
  return { owner, mayCommand: isAllowlisted(message, rules) || (heard && !isGroup(message)) };
}
