/** What callers send themselves, without an agent. */

import type { Delivery } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Changes } from "../changes.ts";
import { channelOf, requirePartName } from "../channel/channel-names.ts";
import { requireDestination } from "../channel/conversation/destination.ts";
import { notFound } from "../errors.ts";
import { doOnce, type Once } from "../once.ts";
import type { ChannelLines } from "./channel-lines.ts";
import { queueDeliveries } from "./queue-deliveries.ts";
import { checkSent, type SentAction, sentActions } from "./sent-actions.ts";

/** Something to send. */
export interface SendMessage {
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
  /** Text and files, or one other action; with a case of undefined when the caller forgot it. */
  readonly what: SentAction;
  /** Principal that sends it. */
  readonly actor: string;
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
  checkSent(request.what);
  return changes.transact(request.actor, (recorder) =>
    doOnce(recorder, once, async () => {
      await requireDestination(recorder, conversation, (channel) => lines.find(channel) !== undefined);
      const actions = await sentActions(recorder, request.what, line);
      const { expireMs } = line.settings.outbound;
      const wanted = { conversation, actions, creator: request.actor, expireMs, whenFull: "refuse" } as const;
      return { deliveries: await queueDeliveries(recorder, wanted), sequence: await recorder.sequence() };
    }),
  );
}
