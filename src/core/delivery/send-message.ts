/** What callers send themselves, without an agent. */

import { create } from "@bufbuild/protobuf";
import {
  type Delivery,
  type OutboundAction,
  OutboundActionSchema,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { settleAttachments } from "../blob/attachments.ts";
import type { Changes } from "../changes.ts";
import { channelOf, requirePartName } from "../channel/channel-names.ts";
import { requireDestination } from "../channel/conversation/destination.ts";
import { invalidField, notFound } from "../errors.ts";
import { checkParts } from "../message/message-parts.ts";
import { doOnce, type Once } from "../once.ts";
import type { Recorder } from "../recorder.ts";
import type { ChannelLine, ChannelLines } from "./channel-lines.ts";
import { checkAction, checkId } from "./check-action.ts";
import { composeActions } from "./compose-actions.ts";
import { capabilityMissing } from "./delivery-failures.ts";
import { missingCapability } from "./outbox/prepare-action.ts";
import { queueDeliveries } from "./queue-deliveries.ts";
import { textLimits } from "./text/text-limits.ts";

/** Something to send. */
export interface SendMessage {
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
  /** Text and files, or one other action; undefined when the caller forgot it. */
  readonly what: SentContent | Exclude<OutboundAction["kind"], { case: "message" }>;
  /** Principal that sends it. */
  readonly actor: string;
}

/** Text and files. */
export interface SentContent {
  readonly case: "content";
  readonly value: { readonly parts: Part[]; readonly replyTo: string; readonly silent: boolean };
}

/** What became of it. */
export interface SentDeliveries {
  readonly deliveries: readonly Delivery[];
  /** Event-log position right after they were accepted. */
  readonly sequence: number;
}

/**
 * Queues what a caller sends; the same call again gives the same answer. Fails with NOT_FOUND (channel, or a conversation
 * whose address only the gateway could know), FIELD_INVALID, CAPABILITY_MISSING as far as the network is known, QUEUE_FULL.
 */
export async function sendMessage(
  { changes, lines }: { readonly changes: Changes; readonly lines: ChannelLines },
  request: SendMessage,
  once: Once<SentDeliveries>,
): Promise<SentDeliveries> {
  const conversation = requirePartName(request.conversation, "conversations", "conversation");
  const line = lines.find(channelOf(conversation));
  if (line === undefined) throw notFound(channelOf(conversation));
  check(request);
  return changes.transact(request.actor, (recorder) =>
    doOnce(recorder, once, async () => {
      await requireDestination(recorder, conversation, (channel) => lines.find(channel) !== undefined);
      const actions = await actionsOf(recorder, request, line);
      const { expireMs } = line.settings.outbound;
      const wanted = { conversation, actions, creator: request.actor, expireMs, whenFull: "refuse" } as const;
      return { deliveries: await queueDeliveries(recorder, wanted), sequence: await recorder.sequence() };
    }),
  );
}

function check({ what }: SendMessage): void {
  if (what.case === undefined) throw invalidField("action", "is missing; say what is to be sent");
  if (what.case !== "content") {
    checkAction(create(OutboundActionSchema, { kind: what }));
    return;
  }
  checkParts(what.value.parts, "content.parts");
  if (what.value.replyTo !== "") checkId(what.value.replyTo, "content.reply_to");
}

async function actionsOf(recorder: Recorder, { what }: SendMessage, line: ChannelLine): Promise<OutboundAction[]> {
  const { settings, capabilities = line.connection?.capabilities } = line;
  const actions =
    what.case === "content"
      ? await contentActions(recorder, what.value, line)
      : [create(OutboundActionSchema, { kind: what })];
  if (actions.length === 0) throw invalidField("content.parts", "has nothing but blanks");
  for (const action of actions) {
    const missing = capabilities && missingCapability(action, capabilities);
    if (missing !== undefined) throw capabilityMissing(settings.name, missing);
  }
  return actions;
}

async function contentActions(
  recorder: Recorder,
  { parts, replyTo, silent }: SentContent["value"],
  { settings, capabilities, connection }: ChannelLine,
): Promise<OutboundAction[]> {
  const { textChunkLimit, chunkMode } = settings.outbound;
  const settled = await settleAttachments(recorder.tables, parts, "content.parts");
  const limits = textLimits(textChunkLimit, capabilities ?? connection?.capabilities);
  return composeActions(settled, { limits, chunkMode, replyTo, replyToMode: "first", silent });
}
