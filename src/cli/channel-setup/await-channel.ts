/** Waits until a channel that was set up is online, or until it is clear why not, and says what to do then. */

import {
  type Channel,
  Channel_StateSchema,
  Channel_State as State,
} from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { gatewayErrorFrom } from "../../client/gateway-error.ts";
import { sleep } from "../../lib/sleep.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { plainLine } from "../terminal/plain-text.ts";
import type { WantedChannel } from "./channel-edits.ts";

/** Longest time to wait, and between two looks, in ms. */
const patienceMs = 45_000;
const lookMs = 150;

/** Looks after which a channel that is not there will not come: a gateway that is told of one knows it at once. */
const enoughLooks = 20;

/** One failed connection may be chance. */
const enoughFailures = 2;

/** How the channel is. */
export interface ChannelTrial {
  /** "irc", "irc:work". */
  readonly channel: string;
  readonly online: boolean;
  /** "online", "misconfigured", … */
  readonly state: string;
  /** Why it is not online, in words; who we are there when it is. */
  readonly detail: string;
  /** What to do next, a sentence each. */
  readonly advice: readonly string[];
}

/** Never fails because of what the network does. */
export async function awaitChannel(
  client: Pick<GatewayClient, "channels">,
  { kind, account }: Pick<WantedChannel, "kind" | "account">,
): Promise<ChannelTrial> {
  const id = account === undefined ? kind : `${kind}:${account}`;
  const enough = AbortSignal.timeout(patienceMs);
  let last: Channel | undefined;
  for (let look = 1; !enough.aborted; look += 1) {
    last = (await find(client, id)) ?? last;
    if (last === undefined ? look >= enoughLooks : isDecided(last)) break;
    await sleep(lookMs, new AbortController().signal);
  }
  if (last === undefined) {
    const advice = ["see: openclaw channels list"];
    return { channel: id, online: false, state: "unknown", detail: "the gateway does not know of it yet", advice };
  }
  const online = last.state === State.ONLINE;
  const detail = plainLine(online ? last.title : last.stateReason);
  return { channel: id, online, state: enumWord(Channel_StateSchema, last.state), detail, advice: adviceOn(last, id) };
}

async function find({ channels }: Pick<GatewayClient, "channels">, id: string): Promise<Channel | undefined> {
  try {
    return (await channels.getChannel({ name: `channels/${id}` })).channel;
  } catch (thrown) {
    if (gatewayErrorFrom(thrown).reason === "NOT_FOUND") return undefined;
    throw thrown;
  }
}

function isDecided({ state, failures, remote }: Channel): boolean {
  if (state === State.OFFLINE) return remote || failures >= enoughFailures;
  return state !== State.CONNECTING;
}

function adviceOn(channel: Channel, id: string): string[] {
  switch (channel.state) {
    case State.ONLINE:
      return [howToWrite(channel, id), ...inGroups(channel, id)];
    case State.MISCONFIGURED:
      return [putRight(id)];
    case State.LOGIN_REQUIRED:
      return [loginAdvice(channel, id)];
    case State.STOPPED:
    case State.HELD_BACK:
      return [`connect it with: openclaw channels start ${id}`];
    default:
      if (channel.remote) return ["start its driver; it attaches by itself"];
      return [`it goes on trying; see: openclaw channels status ${id} --probe, openclaw channels logs ${id}`];
  }
}

function putRight(id: string): string {
  return `put it right with: openclaw channels add ${id.replace(":", " --account ")} key=value`;
}

/** Not every driver can be logged in through the gateway. */
function loginAdvice({ remote, capabilities }: Channel, id: string): string {
  if (capabilities === undefined || capabilities.login) return `log in with: openclaw channels login ${id}`;
  if (remote) return "log it in where its driver runs";
  return putRight(id);
}

function howToWrite({ title, dmPolicy, kind }: Channel, id: string): string {
  // Nobody writes to a program: it is the one that writes.
  const write =
    kind === "webhook"
      ? `send it a message, signed, at /hooks/${id}`
      : `write to ${plainLine(title) || "it"} on ${kind}`;
  switch (dmPolicy) {
    case "pairing":
      return `${write}; it answers with a code, and you let yourself in: openclaw pairing approve ${id} <code>`;
    case "allowlist":
      return `${write}, as somebody in its allowFrom; others are not answered`;
    case "open":
      return `${write}: everybody is answered`;
    default:
      return "direct messages are not answered: its dmPolicy is disabled";
  }
}

function inGroups({ groupPolicy, capabilities }: Channel, id: string): string[] {
  if (groupPolicy !== "allowlist" || capabilities?.groups !== true) return [];
  const [kind = "", account] = id.split(":");
  const place = account === undefined ? `channels.${kind}` : `channels.${kind}.accounts.${account}`;
  return [`in a group, once you name it: openclaw config set '${place}.groups["<group>"]' '{}'`];
}
