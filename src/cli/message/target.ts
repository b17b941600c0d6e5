/** Where a message goes: from what people type to the name of a conversation. */

import type { GatewayClient } from "../../client/client.ts";
import { escapedId } from "../../lib/text/escaped-id.ts";
import type { OptionValues } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";

/** Options of every command that sends something. */
export const targetOptions = {
  channel: { kind: "text", value: "channel", help: "network, e.g. telegram; needed when several are configured" },
  account: { kind: "text", value: "id", help: "account on that network, where there are several" },
  target: { kind: "text", short: "t", value: "address", help: "where it goes: the network's own address" },
} as const;

/** What was typed. */
export type TargetValues = OptionValues<typeof targetOptions>;

/** Looks at a channel as the gateway lists it. */
interface KnownChannel {
  readonly name: string;
  readonly kind: string;
  readonly account: string;
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
  if (/^channels\/[^/]+\/conversations\/[^/]+$/.test(target)) return target;
  const { channels: known } = await channels.listChannels({});
  const { channel, address } = choose(known, typed, target);
  return `${channel.name}/conversations/${escapedId(address)}`;
}

function choose(
  known: readonly KnownChannel[],
  { channel: wanted, account }: TargetValues,
  target: string,
): { channel: KnownChannel; address: string } {
  const prefix = /^([a-z][a-z0-9-]*):/.exec(target)?.[1];
  const prefixed = known.some(({ kind }) => kind === prefix) ? prefix : undefined;
  const kind = wanted?.replace(/^channels\//, "").split(":")[0];
  if (prefixed !== undefined && kind !== undefined && prefixed !== kind) {
    throw new UsageError(`the target is on ${prefixed}, but --channel says ${kind}`, "leave one of them out");
  }
  const of = kind ?? prefixed;
  const on = account ?? wanted?.split(":")[1];
  const fitting = known.filter((one) => (of === undefined || one.kind === of) && (!on || one.account === on));
  const chosen = fitting.length > 1 && !on ? fitting.find((one) => of && one.account === "default") : fitting[0];
  if (chosen === undefined || (of === undefined && fitting.length > 1)) throw notOne(known, fitting, of);
  return { channel: chosen, address: prefixed === undefined ? target : target.slice(prefixed.length + 1) };
}

function notOne(
  known: readonly KnownChannel[],
  fitting: readonly KnownChannel[],
  kind: string | undefined,
): UsageError {
  const names = (list: readonly KnownChannel[]): string =>
    list.map(({ name }) => name.replace("channels/", "")).join(", ");
  if (known.length === 0) {
    return new UsageError("no channel is configured", "add one with: openclaw channels add");
  }
  if (fitting.length === 0) {
    return new UsageError(`there is no channel ${kind ?? ""} with that account`, `configured: ${names(known)}`);
  }
  return new UsageError("several channels are configured", `choose with --channel or --account: ${names(fitting)}`);
}
