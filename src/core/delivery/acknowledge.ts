/** A reaction on a message that an agent will answer: it was seen. It can be taken away when it was answered. */

import { create } from "@bufbuild/protobuf";
import { OutboundActionSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { gatewayActor } from "../changes.ts";
import { channelOf } from "../channel/channel-names.ts";
import type { OutboundSettings } from "../channel/channel-settings.ts";
import type { Recorder } from "../recorder.ts";
import { queueDeliveries } from "./queue-deliveries.ts";

/** An acknowledgement that comes later than this says nothing any more, in ms. */
const staleMs = 120_000;

/** A message that will be answered. */
export interface Acknowledged {
  readonly conversation: string;
  /** The network's id of the message. */
  readonly platformId: string;
  readonly inGroup: boolean;
  /** True when it mentions the agent, or answers it. */
  readonly mentioned: boolean;
  readonly outbound: OutboundSettings;
}

/** Queues the reaction, where the settings want one and the network is known to have reactions. */
export async function acknowledge(recorder: Recorder, message: Acknowledged): Promise<void> {
  const { ackReaction: emoji } = message.outbound;
  if (emoji === "" || !isWanted(message)) return;
  const record = await recorder.tables.channels.find(channelOf(message.conversation));
  if (record?.channel.capabilities?.react !== true) return;
  const value = { platformId: message.platformId, emoji };
  const action = create(OutboundActionSchema, { kind: { case: "reaction", value } });
  const { conversation } = message;
  await queueDeliveries(recorder, { conversation, actions: [action], creator: gatewayActor, expireMs: staleMs });
}

/** Deliveries of a conversation that are looked through for an acknowledgement, the newest first. */
const looked = 100;

/** Takes the reactions away from what a run has answered, where the settings want that. */
export async function takeAcksAway(
  recorder: Recorder,
  { inputs, deliverTo: conversation }: Run,
  outbound: OutboundSettings | undefined,
): Promise<void> {
  if (outbound === undefined || !outbound.removeAck || outbound.ackReaction === "") return;
  const { deliveries, messages } = recorder.tables;
  const sent = await deliveries.list({ conversation, limit: looked });
  const acknowledged = new Map(
    sent.flatMap(({ delivery: { action, creator } }) => {
      if (action?.kind.case !== "reaction" || creator !== gatewayActor || action.kind.value.remove) return [];
      return [[action.kind.value.platformId, action.kind.value.emoji] as const];
    }),
  );
  for (const input of inputs) {
    const platformId = (await messages.find(input))?.origin?.platformId ?? "";
    const emoji = acknowledged.get(platformId);
    if (emoji === undefined) continue;
    const value = { platformId, emoji, remove: true };
    const action = create(OutboundActionSchema, { kind: { case: "reaction", value } });
    await queueDeliveries(recorder, { conversation, actions: [action], creator: gatewayActor, expireMs: staleMs });
  }
}

function isWanted({ outbound, inGroup, mentioned }: Acknowledged): boolean {
  switch (outbound.ackReactionScope) {
    case "all":
      return true;
    case "direct":
      return !inGroup;
    case "group-all":
      return inGroup;
    case "group-mentions":
      return inGroup && mentioned;
    case "off":
      return false;
  }
}
