/** What became of a try, as one step of a transaction: the end of a delivery, or its next try. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Delivery,
  type DeliveryError,
  type OutboundAction,
  Delivery_State as State,
} from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { backoffMs } from "../../../lib/backoff.ts";
import type { OutboundSettings } from "../../channel/channel-settings.ts";
import { patch, type Recorder } from "../../recorder.ts";
import { deliveryError } from "../delivery-failures.ts";
import type { DeliveryRecord } from "../delivery-table.ts";
import { updateDelivery } from "../queue-deliveries.ts";
import type { OutboxTimes } from "./outbox-times.ts";

/** What a try came to. */
export type Outcome =
  | { readonly kind: "sent"; readonly platformIds: readonly string[] }
  | {
      readonly kind: "unsent";
      readonly message: string;
      readonly permanent: boolean;
      readonly retryAfterMs: number | undefined;
    }
  /** It may or may not have been sent. */
  | { readonly kind: "unknown"; readonly message: string };

/** How outcomes are dealt with. */
export interface OutcomeRules {
  readonly times: OutboxTimes;
  /** What the channel says about outcomes nobody knows; "hold" when it is gone. */
  readonly onAmbiguous: OutboundSettings["onAmbiguous"];
}

const jitter = 0.1;

/** Longest pause a network may ask for, in ms. */
const longestPauseMs = 30 * 86_400_000;

/** Stands before a text that may have been sent already. */
const repeatMark = "(this may be a repeat) ";

/** Keeps what a try came to. The delivery must be SENDING. */
export function settle(
  recorder: Recorder,
  record: DeliveryRecord,
  { outcome, rules }: { outcome: Outcome; rules: OutcomeRules },
): Promise<DeliveryRecord> {
  if (outcome.kind === "sent") return endSent(recorder, record, outcome.platformIds);
  if (outcome.kind === "unknown") return settleUnknown(recorder, record, { message: outcome.message, rules });
  const { message, permanent, retryAfterMs } = outcome;
  if (permanent) return endFailed(recorder, record, deliveryError(ErrorReason.NETWORK_REFUSED, message));
  const error = deliveryError(ErrorReason.NETWORK_UNAVAILABLE, message);
  if (record.delivery.attempts % rules.times.maxAttempts === 0) return endFailed(recorder, record, error);
  const { retryBaseMs: baseMs, retryCapMs: capMs } = rules.times;
  const pauseMs = retryAfterMs ?? backoffMs(record.delivery.attempts, { baseMs, capMs, jitter });
  const waitMs = Math.min(pauseMs, longestPauseMs);
  const retryTime = timestampFromMs(recorder.nowMs + waitMs);
  return updateDelivery(recorder, record, { state: State.QUEUED, error, retryTime });
}

/** It cannot be sent, and neither can what follows it in the same message. */
export async function endFailed(
  recorder: Recorder,
  record: DeliveryRecord,
  error: DeliveryError,
): Promise<DeliveryRecord> {
  const ended = await end(recorder, record, { state: State.FAILED, error });
  await failRest(recorder, record, error);
  return ended;
}

/** It waited too long. */
export function endExpired(recorder: Recorder, record: DeliveryRecord): Promise<DeliveryRecord> {
  return end(recorder, record, { state: State.EXPIRED });
}

/** Ends a delivery. */
function end(
  recorder: Recorder,
  record: DeliveryRecord,
  changes: Partial<Delivery> & Pick<Delivery, "state">,
): Promise<DeliveryRecord> {
  return updateDelivery(recorder, record, {
    retryTime: undefined,
    endTime: timestampFromMs(recorder.nowMs),
    ...changes,
  });
}

function endSent(recorder: Recorder, record: DeliveryRecord, platformIds: readonly string[]): Promise<DeliveryRecord> {
  const changes = { state: State.SENT, platformIds: [...platformIds], endTime: timestampFromMs(recorder.nowMs) };
  return updateDelivery(recorder, record, { ...changes, error: undefined, retryTime: undefined });
}

/**
 * Changes, removals and reactions may be repeated without harm, so they are. Anything else ends AMBIGUOUS; where the channel
 * wants it, it is then sent once more, and says so.
 */
async function settleUnknown(
  recorder: Recorder,
  record: DeliveryRecord,
  { message, rules }: { message: string; rules: OutcomeRules },
): Promise<DeliveryRecord> {
  const error = deliveryError(ErrorReason.OUTCOME_UNKNOWN, message);
  const { action, attempts } = record.delivery;
  const mayGoOn = attempts % rules.times.maxAttempts !== 0 && action !== undefined;
  const retryTime = timestampFromMs(recorder.nowMs + rules.times.retryBaseMs);
  if (mayGoOn && isRepeatable(action)) {
    return updateDelivery(recorder, record, { state: State.QUEUED, error, retryTime });
  }
  const ended = await end(recorder, record, { state: State.AMBIGUOUS, error });
  if (mayGoOn && rules.onAmbiguous === "resend") {
    const again = { state: State.QUEUED, action: marked(action), retryTime, endTime: undefined };
    return updateDelivery(recorder, ended, again);
  }
  if (rules.onAmbiguous !== "drop") await failRest(recorder, record, error);
  return ended;
}

function isRepeatable({ kind }: OutboundAction): boolean {
  return kind.case === "edit" || kind.case === "delete" || kind.case === "reaction";
}

function marked(action: OutboundAction): OutboundAction {
  const { kind } = action;
  if (kind.case !== "message" || kind.value.text.startsWith(repeatMark)) return action;
  return patch(action, { kind: { case: "message", value: patch(kind.value, { text: repeatMark + kind.value.text }) } });
}

/** Half an answer is no answer: later pieces do not leave without this one. */
async function failRest(recorder: Recorder, { batch, delivery }: DeliveryRecord, cause: DeliveryError): Promise<void> {
  const pieces = await recorder.tables.deliveries.listBatch(batch);
  const later = pieces.filter(
    (piece) => piece.delivery.chunk > delivery.chunk && piece.delivery.state === State.QUEUED,
  );
  const error = deliveryError(
    cause.reason,
    `not tried, because a piece before it did not get through: ${cause.message}`,
  );
  for (const piece of later) await end(recorder, piece, { state: State.FAILED, error });
}
