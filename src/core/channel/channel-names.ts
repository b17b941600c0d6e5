/** Names of channels and of what belongs to them: how they are built, checked and taken apart. */

import { escapedId } from "../../lib/text/escaped-id.ts";
import { invalidField } from "../errors.ts";

const channelPattern = /^channels\/[a-z][a-z0-9-]{0,31}(?::[a-z0-9][a-z0-9_-]{0,63})?$/;
const partPattern = /^channels\/([^/]+)\/(conversations|senders|deliveries|ingress)\/([A-Za-z0-9._~-]{1,128})$/;

/** What belongs to a channel and has an id made from an address. */
export type ChannelPart = "conversations" | "senders";

/** Account of a channel that was configured without accounts. */
const defaultAccount = "default";

/** "channels/{kind}" for the default account, "channels/{kind}:{account}" for the others. */
export function channelName(kind: string, account: string): string {
  return account === defaultAccount ? `channels/${kind}` : `channels/${kind}:${account}`;
}

/** The name, if it is "channels/{channel}". Fails with FIELD_INVALID. */
export function requireChannelName(name: string, field: string): string {
  if (!channelPattern.test(name)) {
    throw invalidField(field, `"${name}" is no channel name; it looks like channels/chat or channels/chat:work`);
  }
  return name;
}

/** The name, if it is that of a part of a channel, e.g. "channels/{channel}/senders/{sender}". Fails with FIELD_INVALID. */
export function requirePartName(name: string, part: ChannelPart | "deliveries" | "ingress", field: string): string {
  if (partPattern.exec(name)?.[2] !== part) {
    throw invalidField(field, `"${name}" does not look like channels/chat/${part}/…`);
  }
  return name;
}

/** The channel a conversation, sender, delivery or ingress belongs to: its first two segments. */
export function channelOf(name: string): string {
  return name.split("/", 2).join("/");
}

/** Name of what is at an address, "channels/{channel}/conversations/{conversation}". The same address, the same name. */
export function partName(channel: string, part: ChannelPart, address: string): string {
  return `${channel}/${part}/${escapedId(address)}`;
}

/** Name of one edit of what was sent as this delivery: networks that do a thing once by its name do each edit. */
export function editName(delivery: string, edit: string): string {
  return `${delivery}~${edit}`;
}

/** The delivery a name is of, or of an edit of which it is. */
export function deliveryOf(name: string): string {
  const [delivery = name] = name.split("~", 1);
  return delivery;
}

/** The address an id was made from; undefined when it ends in a digest or is no id of an address. */
export function addressFromId(id: string): string | undefined {
  const bytes: number[] = [];
  for (const [piece, code] of id.matchAll(/~([0-9A-F]{2})|[\s\S]/g)) {
    bytes.push(code === undefined ? (piece.codePointAt(0) ?? 0) : Number.parseInt(code, 16));
  }
  const address = Buffer.from(bytes).toString();
  return escapedId(address) === id ? address : undefined;
}
