/** A channel in memory: does what a test says with what it is told to send, and remembers it. */

import { once } from "node:events";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type Capabilities, CapabilitiesSchema } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { NetworkCatalog } from "../../src/core/channel/channel-ports.ts";
import type { Address, ChannelHost, Connection, Reconciled, SendAttempt } from "../../src/core/channel/network.ts";
import type { ChannelLine, ChannelLines } from "../../src/core/delivery/channel-lines.ts";
import { type ChannelOverrides, channelSettings } from "./channel-settings.ts";

/** One thing the network was told. */
export interface Told {
  readonly action: OutboundAction;
  readonly to: Address;
  readonly attempt: SendAttempt;
}

/** What the network does with one send; answers the ids of what it sent. */
export type Response = (told: Told) => Promise<readonly string[]>;

/** Everything a network can do. */
export const ableToAll: MessageInitShape<typeof CapabilitiesSchema> = {
  maxMediaBytes: 1_000_000n,
  groups: true,
  threads: true,
  edit: true,
  delete: true,
  react: true,
  poll: true,
  typing: true,
  reply: true,
  markdown: true,
};

/** The connection of a fake line. */
export class FakeConnection implements Connection {
  readonly capabilities: Capabilities;
  /** Everything it was asked to send, in order. */
  readonly told: Told[] = [];
  /** Conversations it showed typing in, "+room" and "-room". */
  readonly typed: string[] = [];
  /** What it does next, one for each send; without, it sends. */
  readonly script: Response[] = [];
  reconcile?: (delivery: Delivery, to: Address) => Promise<Reconciled | undefined>;
  #sent = 0;

  constructor(capabilities: MessageInitShape<typeof CapabilitiesSchema> = ableToAll) {
    this.capabilities = create(CapabilitiesSchema, capabilities);
  }

  /** What it was given by the gateway, once a network made it. */
  host: ChannelHost | undefined;

  async run(signal: AbortSignal): Promise<void> {
    this.host?.online("fake");
    if (!signal.aborted) await once(signal, "abort");
  }

  send(action: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]> {
    const told = { action, to, attempt };
    this.told.push(told);
    this.#sent += 1;
    const id = `sent-${this.#sent}`;
    return this.script.shift()?.(told) ?? Promise.resolve([id]);
  }

  async typing({ address }: Address, active: boolean): Promise<void> {
    this.typed.push(`${active ? "+" : "-"}${address}`);
  }

  /** What it was told, in words: "say hello", "edit sent-1 hello", "react 1 👀". */
  get words(): string[] {
    return this.told.map(({ action }) => wordsOf(action));
  }
}

/** A network with one connection, to be given to a core: `channels: { networks: fakeNetwork(connection) }`. */
export function fakeNetwork(connection: FakeConnection): NetworkCatalog {
  const connect = (_: unknown, host: ChannelHost): Connection => {
    connection.host = host;
    return connection;
  };
  return { load: async () => ({ kind: "fake", connect }) };
}

/** An action in words. */
function wordsOf({ kind }: OutboundAction): string {
  if (kind.case === "message") {
    const reply = kind.value.replyTo === "" ? "" : ` (to ${kind.value.replyTo})`;
    const file = kind.value.attachment === undefined ? "" : ` [${kind.value.attachment.fileName}]`;
    return `say ${kind.value.text}${file}${reply}`;
  }
  if (kind.case === "edit") return `edit ${kind.value.platformId} ${kind.value.text}`;
  if (kind.case === "delete") return `delete ${kind.value.platformId}`;
  if (kind.case === "reaction") return `react ${kind.value.platformId} ${kind.value.emoji}`;
  return kind.case === "poll" ? `poll ${kind.value.question}` : "nothing";
}

/** Lines a test puts up and takes down. */
export class FakeLines implements ChannelLines {
  readonly #lines = new Map<string, ChannelLine>();
  readonly #listeners: ((channel: string) => void)[] = [];

  /** Configures a channel; online when there is a connection. */
  set(connection: Connection | undefined, overrides: ChannelOverrides = {}): void {
    const settings = channelSettings(overrides);
    this.#lines.set(settings.name, { settings, ...(connection && { connection }) });
    for (const listener of this.#listeners) listener(settings.name);
  }

  find(channel: string): ChannelLine | undefined {
    return this.#lines.get(channel);
  }

  onChange(listener: (channel: string) => void): void {
    this.#listeners.push(listener);
  }
}
