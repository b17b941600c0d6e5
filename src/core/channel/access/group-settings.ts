/** What the configuration says about one group. */

import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { ChannelSettings, GroupSettings } from "../channel-settings.ts";

/** Where something was said: an address, and for a thread the address of its group. */
export interface Place {
  readonly kind: Kind;
  readonly address: string;
  readonly parentAddress: string;
}

/** True unless it is a direct conversation. */
export function isGroup({ kind }: Pick<Place, "kind">): boolean {
  return kind === Kind.GROUP || kind === Kind.THREAD;
}

/** Settings of the group, the more specific first: the thread's own, its group's, those of "*". Undefined when none fit. */
export function groupSettings({ access }: ChannelSettings, place: Place): GroupSettings | undefined {
  const { groups } = access;
  if (groups === undefined || !isGroup(place)) return undefined;
  const found = [entryOf(groups, place.address), entryOf(groups, place.parentAddress), groups["*"]];
  const known = found.filter((settings) => settings !== undefined);
  return known.length === 0 ? undefined : Object.assign({}, ...known.reverse());
}

/** True when any group may be answered as far as the map of groups goes, or the map names this one. */
export function isListedGroup(settings: ChannelSettings, place: Place): boolean {
  return settings.access.groups === undefined || groupSettings(settings, place) !== undefined;
}

function entryOf(groups: Readonly<Record<string, GroupSettings>>, address: string): GroupSettings | undefined {
  if (address === "" || address === "*") return undefined;
  const exact = Object.hasOwn(groups, address) ? groups[address] : undefined;
  if (exact !== undefined) return exact;
  const key = Object.keys(groups).find((name) => name.toLowerCase() === address.toLowerCase());
  return key === undefined ? undefined : groups[key];
}
