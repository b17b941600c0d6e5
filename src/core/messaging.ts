/** The channels' part of core: messages in, connections, messages out, and those who look after them. */

import type { Conversation } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Changes } from "./changes.ts";
import { groupPrompt } from "./channel/access/group-prompt.ts";
import { AddressBook } from "./channel/address-book.ts";
import { ChannelOperator } from "./channel/channel-operator.ts";
import type { AttachmentFiles, ChannelPorts } from "./channel/channel-ports.ts";
import { Channels } from "./channel/channels.ts";
import { Drivers } from "./channel/driver/drivers.ts";
import { HttpHooks } from "./channel/http-hooks.ts";
import { FairTurns } from "./channel/inbound/fair-turns.ts";
import { Inbound, type InboundParts } from "./channel/inbound/inbound.ts";
import { Outbound, type OutboundParts } from "./delivery/outbound.ts";
import type { Store } from "./store.ts";

/** What it is built from. */
export interface MessagingParts {
  readonly store: Store;
  readonly changes: Changes;
  readonly ports: ChannelPorts;
  readonly files: AttachmentFiles;
  readonly inbound: Omit<InboundParts, "turns" | "log">;
  readonly typings: OutboundParts["typings"];
  readonly clock: Clock;
  readonly log: Log;
}

/** Its parts. */
export interface Messaging {
  readonly inbound: Inbound;
  readonly hooks: HttpHooks;
  readonly channels: Channels;
  readonly outbound: Outbound;
  readonly channelOperator: ChannelOperator;
  readonly drivers: Drivers;
  readonly addressBook: AddressBook;
  /** What the operator tells agents about a conversation; empty for nothing. */
  groupPrompt(conversation: Conversation): string;
}

/** Builds them; nothing is started. */
export function makeMessaging(parts: MessagingParts): Messaging {
  const { store, changes, ports, files, typings, clock } = parts;
  const { settings, faults } = parts.inbound;
  const { networks, credentials, configuration, times } = ports;
  const log = parts.log.child({ component: "channels" });
  const inbound = new Inbound({ ...parts.inbound, turns: new FairTurns({ clock }), log });
  const hooks = new HttpHooks();
  const channels = new Channels({
    networks,
    rooms: { store, changes, inbound, credentials, files, hooks, log },
    clock,
    times,
  });
  const messaging = () => settings.messaging;
  return {
    inbound,
    hooks,
    channels,
    outbound: new Outbound({ store, changes, lines: channels, messaging, typings, clock, log, faults }),
    channelOperator: new ChannelOperator(channels, { store, changes, credentials, configuration }),
    drivers: new Drivers({ store, channels, desk: ports.drivers }),
    addressBook: new AddressBook(store, changes),
    groupPrompt: (conversation) => groupPrompt(channels, conversation),
  };
}
