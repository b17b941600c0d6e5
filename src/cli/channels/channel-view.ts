/** Channels as people name and read them. */

import {
  type Capabilities,
  type Channel,
  Channel_StateSchema,
  Channel_State as State,
} from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Probe } from "../../../gen/openclaw/gateway/v1/channel_service_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { UsageError } from "../command/usage-error.ts";
import { CommandFailure } from "../failure-view.ts";
import { allChannels } from "../link/paging.ts";
import { asTyped } from "../program-name.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago, ahead } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The word that names a channel. */
export const channelWord = { name: "channel", help: 'the channel: "telegram", "telegram:work"' } as const;

/** Names the account when the word does not. */
export const accountOption = { kind: "text", value: "id", help: "account, where there are several" } as const;

/** "irc", "irc:work" and "channels/irc" as "channels/irc…"; the default account has no id in its name. */
export function channelFrom(word: string, account?: string): string {
  const plain = word.replace(/^channels\//, "");
  const [kind = "", given] = plain.split(":");
  if (given !== undefined && account !== undefined && given !== account) {
    throw new UsageError(`the channel says account ${given}, but --account says ${account}`, "leave one of them out");
  }
  const id = account ?? given ?? "default";
  return id === "default" ? `channels/${kind}` : `channels/${kind}:${id}`;
}

/** "irc:work" for "channels/irc:work". */
export function channelId({ name }: Pick<Channel, "name">): string {
  return name.slice("channels/".length);
}

/** The channel of that name. Fails with a CommandFailure that says which there are. */
export function requireChannel(known: readonly Channel[], name: string): Channel {
  const found = known.find((one) => one.name === name);
  if (found !== undefined) return found;
  const id = channelId({ name });
  const there = known.map(channelId).join(", ");
  const next = there === "" ? "none is configured; add one with: openclaw channels add" : `there are: ${there}`;
  throw new CommandFailure(`there is no channel ${id}`, next);
}

/** For a list of a channel, or of all of a kind, that is empty: fails as `requireChannel` when there is no such channel. */
export async function requireListed(
  service: GatewayClient["channels"],
  word: string | undefined,
  account?: string,
): Promise<void> {
  if (word === undefined) return;
  const known = await allChannels(service).catch(async (thrown: unknown) => {
    // Who may see the list need not be one who may see channels.
    const { gatewayErrorFrom } = await import("../../client/gateway-error.ts");
    if (gatewayErrorFrom(thrown).reason !== "SCOPE_MISSING") throw thrown;
  });
  if (known === undefined) return;
  if (account !== undefined || !known.some(({ kind }) => kind === word)) {
    requireChannel(known, channelFrom(word, account));
  }
}

/** "online", "login required", … */
function stateWord({ state }: Channel): string {
  return enumWord(Channel_StateSchema, state);
}

/** Columns of a list of channels. */
export function channelColumns(terminal: Terminal, nowMs: number): Column<Channel>[] {
  return [
    { title: "channel", cell: channelId, paint: terminal.colors.cyan },
    { title: "state", cell: stateWord, paint: (cell, channel) => paintState(terminal, channel, cell) },
    { title: "who", cell: ({ title }) => plainLine(title), shrinks: true },
    { title: "in", cell: ({ inboundTime }) => (inboundTime ? ago(inboundTime, nowMs) : "") },
    { title: "out", cell: ({ outboundTime }) => (outboundTime ? ago(outboundTime, nowMs) : "") },
    {
      title: "waiting",
      cell: ({ waitingDeliveries }) => (waitingDeliveries ? `${waitingDeliveries}` : ""),
      right: true,
    },
    { title: "why", cell: ({ stateReason }) => asTyped(plainLine(stateReason)), shrinks: true },
  ];
}

/** A channel, and what came of asking its network when that was done. */
export interface Seen {
  readonly channel: Channel;
  readonly probe?: Probe | undefined;
}

/** Writes everything about one channel. */
export function writeChannel(terminal: Terminal, { channel, probe }: Seen, nowMs: number): void {
  const { stateTime, inboundTime, outboundTime, retryTime, failures, waitingDeliveries } = channel;
  writePairs(terminal, [
    ["channel", channelId(channel)],
    ["state", paintState(terminal, channel, stateWord(channel))],
    ["why", asTyped(plainLine(channel.stateReason))],
    ["since", stateTime && ago(stateTime, nowMs)],
    ["who", plainLine(channel.title)],
    ["direct", channel.dmPolicy],
    ["groups", channel.groupPolicy],
    ["last in", inboundTime && ago(inboundTime, nowMs)],
    ["last out", outboundTime && ago(outboundTime, nowMs)],
    ["waiting", waitingDeliveries === 0 ? "" : `${waitingDeliveries} deliveries`],
    ["failures", failures === 0 ? "" : `${failures} in a row`],
    ["next try", retryTime && ahead(retryTime, nowMs)],
    ["driver", channel.remote ? "a program outside the gateway" : ""],
    ["probe", probe && probeText(terminal, probe)],
  ]);
}

function probeText({ colors }: Terminal, { ok, detail }: Probe): string {
  const text = [ok ? "works" : "failed", plainLine(detail)].filter(Boolean).join(": ");
  return ok ? colors.green(text) : colors.red(text);
}

/** What it can do, a name and a value each. */
export function capabilityPairs(capabilities: Capabilities): (readonly [string, string | undefined])[] {
  const { maxText, textUnit, maxMediaBytes, maxLines } = capabilities;
  const able = (
    ["groups", "threads", "edit", "delete", "react", "poll", "buttons", "typing", "reply", "markdown"] as const
  ).filter((name) => capabilities[name]);
  const more = (["backfill", "reconcile", "directory", "login"] as const).filter((name) => capabilities[name]);
  return [
    ["text", maxText === 0 ? "no limit" : plainLine(`${maxText} ${textUnit}`)],
    ["lines", maxLines === 0 ? undefined : `${maxLines}`],
    ["files", maxMediaBytes === 0n ? "none" : `${maxMediaBytes / 1_048_576n} MB`],
    ["can", [...able, ...more].join(", ")],
  ];
}

function paintState(terminal: Terminal, { state }: Channel, cell: string): string {
  const { green, yellow, red, dim } = terminal.colors;
  if (state === State.ONLINE) return green(cell);
  if (state === State.STOPPED) return dim(cell);
  if (state === State.MISCONFIGURED || state === State.LOGIN_REQUIRED) return red(cell);
  return yellow(cell);
}
