/** Where a message goes: from what people type to the name of a conversation. */

import type { GatewayClient } from "../../client/client.ts";
import { escapedId } from "../../lib/text/escaped-id.ts";
import type { OptionValues } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { allChannels } from "../link/paging.ts";

/** Options of every command that sends something. */
export const targetOptions = {
  channel: { kind: "text", value: "channel", help: "network, e.g. telegram; needed when several are configured" },
  account: { kind: "text", value: "id", help: "account on that network, where there are several" },
  target: { kind: "text", short: "t", value: "address", help: "where it goes: the network's own address" },
} as const;

/** What was typed. */
export type TargetValues = OptionValues<typeof targetOptions>;

/** A channel as the gateway lists it. */
interface KnownChannel {
  readonly name: string;
  readonly kind: string;
  readonly account: string;
  /** False for one that nobody wants connected: it is used only where it is named. */
  readonly enabled: boolean;
}

/**
 * "channels/{channel}/conversations/{conversation}". A target may be such a name itself, or begin with its network
 * ("telegram:123") when no channel is named. Fails with a UsageError when it cannot be told.
 */
export async function conversationName(
  channels: Pick<GatewayClient["channels"], "listChannels">,
  typed: TargetValues,
): Promise<string> {
  const { target } = typed;
  if (!target) throw new UsageError("it is not said where to send it", "give --target: the network's own address");
  const [, ofName] = /^(channels\/[^/]+)\/conversations\/[^/]+$/.exec(target) ?? [];
  if (ofName !== undefined) {
    requireSame(ofName, typed);
    return target;
  }
  const known = await allChannels(channels);
  const { channel, address } = await choose(known, typed, target);
  return `${channel.name}/conversations/${escapedId(address)}`;
}

async function choose(
  known: readonly KnownChannel[],
  { channel: wanted, account }: TargetValues,
  target: string,
): Promise<{ channel: KnownChannel; address: string }> {
  if (known.length === 0) throw new UsageError("no channel is configured", "add one with: openclaw channels add");
  const prefix = /^([a-z][a-z0-9-]*):/.exec(target)?.[1];
  const prefixed = known.some(({ kind }) => kind === prefix) ? prefix : undefined;
  const kind = wanted?.replace(/^channels\//, "").split(":")[0];
  if (prefixed !== undefined && kind !== undefined && prefixed !== kind) {
    throw new UsageError(`the target is on ${prefixed}, but --channel says ${kind}`, "leave one of them out");
  }
  const on = accountFrom(wanted, account);
  const of = kind ?? prefixed;
  if (of !== undefined) {
    const address = prefixed === undefined ? target : target.slice(prefixed.length + 1);
    return { channel: ofKind(known, of, on), address };
  }
  if (prefix !== undefined && (await isMisnamed(known, prefix))) {
    throw new UsageError(`"${prefix}" is no channel`, `there are: ${names(known)}`);
  }
  return { channel: onlyOne(known, on), address: target };
}

/** A conversation named as a whole is on a channel: the options may repeat that, and not say another. */
function requireSame(ofName: string, { channel, account }: TargetValues): void {
  const on = accountFrom(channel, account);
  const [kind = "", itsAccount = "default"] = ofName.slice("channels/".length).split(":");
  const wanted = channel?.replace(/^channels\//, "").split(":")[0] ?? kind;
  if (wanted === kind && (on ?? itsAccount) === itsAccount) return;
  throw new UsageError(`the target is on ${ofName}, but the options say another channel`, "leave one of them out");
}

/** Of "telegram:work" and of --account. Throws a UsageError when they differ. */
function accountFrom(channel: string | undefined, account: string | undefined): string | undefined {
  const given = channel?.split(":")[1];
  if (given === undefined || account === undefined || given === account) return account ?? given;
  throw new UsageError(`--channel says account ${given}, but --account says ${account}`, "leave one of them out");
}

/** Of one network: the account that is named, else the only one, else the default one. */
function ofKind(known: readonly KnownChannel[], kind: string, account: string | undefined): KnownChannel {
  const those = known.filter((one) => one.kind === kind);
  const fitting = those.filter((one) => account === undefined || one.account === account);
  const chosen = fitting.length > 1 ? fitting.find((one) => one.account === "default") : fitting[0];
  if (chosen !== undefined) return chosen;
  if (fitting.length > 1) throw several(fitting);
  const what = those.length === 0 ? kind : `${kind} with the account ${account}`;
  throw new UsageError(`there is no channel ${what}`, `there are: ${names(known)}`);
}

/** Without a network named, there is no doubt only when one channel is in use. */
function onlyOne(known: readonly KnownChannel[], account: string | undefined): KnownChannel {
  const fitting = known.filter((one) => account === undefined || one.account === account);
  if (fitting.length === 0) {
    throw new UsageError(`there is no channel with the account ${account}`, `there are: ${names(known)}`);
  }
  const used = fitting.filter(({ enabled }) => enabled);
  const [only, ...more] = used.length === 0 ? fitting : used;
  if (only === undefined || more.length > 0) throw several(used.length === 0 ? fitting : used);
  return only;
}

function several(fitting: readonly KnownChannel[]): UsageError {
  return new UsageError("several channels are configured", `choose with --channel or --account: ${names(fitting)}`);
}

/** An address may hold a colon: what stands before it is taken for a channel where that is a network, or there are several. */
async function isMisnamed(known: readonly KnownChannel[], prefix: string): Promise<boolean> {
  if (known.length > 1) return true;
  const { networkShapes } = await import("../../config/channels/network-schemas.ts");
  return Object.hasOwn(networkShapes, prefix);
}

function names(list: readonly KnownChannel[]): string {
  return list.map(({ name, enabled }) => `${name.slice("channels/".length)}${enabled ? "" : " (disabled)"}`).join(", ");
}
