/** Puts a piece of a run's answer on its way. */

import type { OutboundAction } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { gatewayActor } from "../../changes.ts";
import type { Recorder } from "../../recorder.ts";
import { deliveryError } from "../delivery-failures.ts";
import type { LivePiece } from "../delivery-table.ts";
import { queueDeliveries } from "../queue-deliveries.ts";
import type { AnswerPlace } from "./answer-place.ts";
import { humanDelayMs } from "./pace.ts";

/** What leaves, and what it is of the run. */
export interface AnswerBatch {
  readonly actions: readonly OutboundAction[];
  /** Transcript message it carries. */
  readonly message?: string;
  readonly live?: LivePiece;
  readonly replaces?: string;
  /** Blocks of the same answer were sent before: they follow as a person would write them. */
  readonly follows?: boolean;
}

/** Queues a piece of a run's answer, or keeps why it may not leave. */
export async function queueAnswer(
  recorder: Recorder,
  { run, place }: { readonly run: string; readonly place: AnswerPlace },
  { follows = false, ...batch }: AnswerBatch,
): Promise<void> {
  const { conversation, outbound, denied } = place;
  await queueDeliveries(recorder, {
    ...batch,
    conversation,
    run,
    creator: gatewayActor,
    expireMs: outbound.expireMs,
    pauseMs: follows && outbound.streaming === "block" ? humanDelayMs(outbound) : 0,
    ...(denied !== undefined && { denied: deliveryError(ErrorReason.SEND_DENIED, denied) }),
  });
}

/** True when nothing but a preview was said in the run. */
export async function isFirst({ tables }: Pick<Recorder, "tables">, run: string): Promise<boolean> {
  const said = await tables.deliveries.list({ run, limit: 20 });
  return said.every(({ live }) => live?.kind === "preview");
}
