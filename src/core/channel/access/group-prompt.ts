/** What the operator tells agents about one group. */

import type { Conversation } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { idOf } from "../../names.ts";
import { addressFromId, channelOf } from "../channel-names.ts";
import type { ChannelSettings } from "../channel-settings.ts";
import { groupSettings } from "./group-settings.ts";

/** Finds the settings of a channel by its name. */
export interface SettingsByName {
  find(channel: string): { readonly settings: ChannelSettings } | undefined;
}

/** The `systemPrompt` of the conversation's group; empty where there is none. The operator's own words. */
export function groupPrompt(channels: SettingsByName, { name, address, kind, parent }: Conversation): string {
  const settings = channels.find(channelOf(name))?.settings;
  if (settings === undefined) return "";
  const parentAddress = parent === "" ? "" : (addressFromId(idOf(parent)) ?? "");
  return groupSettings(settings, { kind, address, parentAddress })?.systemPrompt ?? "";
}
