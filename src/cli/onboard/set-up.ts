/** What a set-up does with the answers: tries the model, writes, brings the gateway up, says the first message. */

import { mkdir } from "node:fs/promises";
import { loadConfig } from "../../config/load-config.ts";
import { workspaceFolder } from "../../config/places.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { awaitChannel, type ChannelTrial } from "../channel-setup/await-channel.ts";
import { GatewayLink, type LinkOptions } from "../link/gateway-link.ts";
import { ownAddress } from "../link/probe-addresses.ts";
import type { LocalGateway } from "../service/local-gateway.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Answers } from "./answers.ts";
import { bringUp } from "./bring-up.ts";
import { listChannels } from "./list-channels.ts";
import { planSetUp } from "./plan-changes.ts";
import { sayHello } from "./say-hello.ts";
import { type WrittenChanges, writeChanges } from "./write-changes.ts";

/** Where it is done. */
export interface Site {
  readonly local: LocalGateway;
  readonly globals: LinkOptions;
  readonly terminal: Terminal;
}

/** What was done. */
export interface SetUp {
  readonly written: WrittenChanges;
  readonly workspace: string;
  /** Undefined when no gateway runs. */
  readonly owner: GatewayOwner | undefined;
  /** What the agent said; undefined when nothing was asked, empty when it was printed already. */
  readonly answer: string | undefined;
  /** Channels and how they are: "channels/irc online". */
  readonly channels: readonly string[];
  /** The channel that was asked for, once it is online or clear why not; undefined when none was, or nothing runs. */
  readonly channel: ChannelTrial | undefined;
  /** Sentences with what to type. */
  readonly hints: readonly string[];
}

/** Does it, in this order: what fails leaves what was done before it, and doing it again goes on from there. */
export async function setUp(answers: Answers, { local, globals, terminal }: Site): Promise<SetUp> {
  const before = await local.owner();
  // Its credential is the one from before the change.
  const link = new GatewayLink(globals, before && (await ownAddress(globals)));
  const loaded = await loadConfig(local.surroundings);
  const written = await writeChanges(await planSetUp(answers, loaded), { local, link, owner: before });
  const workspace = workspaceFolder(await loadConfig(local.surroundings));
  await mkdir(workspace, { recursive: true, mode: 0o700 });
  const up = await bringUp(local, { mode: answers.start, renew: written.variables.length > 0, link });
  const done = { written, workspace, owner: up?.owner, hints: up?.hints ?? [] };
  if (up === undefined) return { ...done, answer: undefined, channel: undefined, channels: [] };
  const client = await new GatewayLink(globals, await ownAddress(globals)).client();
  const channel = answers.channel && (await awaitChannel(client, answers.channel));
  const channels = await listChannels(client);
  if (answers.message === undefined) return { ...done, answer: undefined, channel, channels };
  return { ...done, channel, channels, answer: await sayHello(client, terminal, answers.message) };
}
