/** Numbered messages of one channel, the same every time they are brought: plain ones, commands, and talk in a group. */

import { Conversation_Kind as Kind } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Ingress_Outcome as Outcome } from "../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { channelSettings } from "./channel-settings.ts";
import type { Brought } from "./inbound-kit.ts";

/** Conversations the messages are spread over, one after the other. The last one is a group. */
export const conversations = 3;

/** Everybody is heard; in the group, who mentions us. */
export const floodChannel = channelSettings({ enabled: false, access: { requireMention: true } });

/** What every message is to become. */
export function outcomeOf(number: number): Outcome {
  if (number % 10 === 7) return Outcome.COMMAND;
  return isInGroup(number) && number % 4 !== 0 ? Outcome.CONTEXT : Outcome.ACCEPTED;
}

/** The message with this number. */
export function broughtBy(number: number): Brought {
  const text = number % 10 === 7 ? "/whoami" : `message ${number}.`;
  const direct = { platformId: `p${number}`, text, senderAddress: `s${number % conversations}`, kind: Kind.DIRECT };
  if (!isInGroup(number)) return { ...direct, address: `s${number % conversations}` };
  return { ...direct, kind: Kind.GROUP, address: "#room", mentionsUs: number % 4 === 0 };
}

function isInGroup(number: number): boolean {
  return number % conversations === conversations - 1;
}
