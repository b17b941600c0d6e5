/** Names of channels and of what belongs to them: how they are built, checked and taken apart. */

import { createHash } from "node:crypto";
import { invalidField } from "../errors.ts";

const channelPattern = /^channels\/[a-z][a-z0-9-]{0,31}(?::[a-z0-9][a-z0-9_-]{0,63})?$/;
const partPattern = /^channels\/([^/]+)\/(conversations|senders|deliveries|ingress)\/([A-Za-z0-9._~-]{1,128})$/;

/** Longest id that is an address written out; longer ones end in a digest. */
const longestId = 120;

/** What belongs to a channel and has an id made from an address. */
export type ChannelPart = "conversations" | "senders";

/** Account of a channel that was configured without accounts. */
export const defaultAccount = "default";

/** "channels/{kind}" for the default account, "channels/{kind}:{account}" for the others. */
export function channelName(kind: string, account: string): string {
  return account === defaultAccount ? `channels/${kind}` : `channels/${kind}:${account}`;
}

/** The name, if it is "channels/{channel}". Fails with FIELD_INVALID. */
export function requireChannelName(name: string, field: string): string {
  if (!channelPattern.test(name)) {
    throw invalidField(
      field,
      `"${name}" is no channel name; it looks like channels/telegram or channels/telegram:work`,
    );
  }
  return name;
}

/** The name, if it is that of a part of a channel, e.g. "channels/{channel}/senders/{sender}". Fails with FIELD_INVALID. */
export function requirePartName(name: string, part: ChannelPart | "deliveries" | "ingress", field: string): string {
  if (partPattern.exec(name)?.[2] !== part) {
    throw invalidField(field, `"${name}" does not look like channels/telegram/${part}/…`);
  }
  return name;
}

/** The channel a conversation, sender, delivery or ingress belongs to: its first two segments. */
export function channelOf(name: string): string {
  return name.split("/", 2).join("/");
}

/** Name of what is at an address, "channels/{channel}/conversations/{conversation}". The same address, the same name. */
export function partName(channel: string, part: ChannelPart, address: string): string {
  return `${channel}/${part}/${idFromAddress(address)}`;
}

/**
 * The address as an id: every byte that is not [A-Za-z0-9._-] is ~XX (upper-case hexadecimal). One that gets too long is cut
 * and ends in "~~" and a digest, which no other address can give.
 */
export function idFromAddress(address: string): string {
  let id = "";
  for (const byte of Buffer.from(address)) {
    const character = String.fromCharCode(byte);
    id += /[A-Za-z0-9._-]/.test(character) ? character : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  if (id.length <= longestId) return id;
  return `${id.slice(0, 80)}~~${createHash("sha256").update(address).digest("hex").slice(0, 32)}`;
}
