/** Puts things on their way out, inside the transaction of whoever wants them sent. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Delivery,
  type DeliveryError,
  DeliverySchema,
  type OutboundAction,
  Delivery_State as State,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Event_Change as Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { channelOf } from "../channel/channel-names.ts";
import { actionBytes } from "../message/message-size.ts";
import { patch, type Recorder } from "../recorder.ts";
import { deliveryError, deliveryQueueFull } from "./delivery-failures.ts";
import type { DeliveryRecord, LivePiece } from "./delivery-table.ts";

/** Deliveries of one channel that may wait. */
const maxWaiting = 5_000;

/** Bytes of them. */
const maxWaitingBytes = 64 * 1_048_576;

/** What is to be sent, where, and why. */
export interface NewDeliveries {
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
  /** In the order they are sent. When one cannot be sent, the ones after it are not sent either. */
  readonly actions: readonly OutboundAction[];
  /** "sessions/{session}/runs/{run}" whose answer it is. */
  readonly run?: string;
  /** "sessions/{session}/messages/{message}" it carries. */
  readonly message?: string;
  /** Principal that causes it. */
  readonly creator: string;
  /** What waits longer than this is given up, in ms. */
  readonly expireMs: number;
  /**
   * When the channel's queue is full: fail with QUEUE_FULL, or keep them as FAILED, where they are seen and can be tried
   * again (default: what a run has said is never refused).
   */
  readonly whenFull?: "refuse" | "fail";
  /** They are not to be sent at all: kept as DISCARDED with this reason. */
  readonly denied?: DeliveryError;
  /** The first one is not tried for so long, in ms. */
  readonly pauseMs?: number;
  /** What they are of an answer that is still being written. */
  readonly live?: LivePiece;
  /** Preview the first one replaces. */
  readonly replaces?: string;
}

/** Keeps them; they leave once the transaction is safe on disk. None for no actions. */
export async function queueDeliveries(recorder: Recorder, wanted: NewDeliveries): Promise<Delivery[]> {
  if (wanted.actions.length === 0) return [];
  const refusal = wanted.denied ?? (await findOverflow(recorder, wanted));
  const state = wanted.denied !== undefined ? State.DISCARDED : refusal !== undefined ? State.FAILED : State.QUEUED;
  const position = (await recorder.sequence()) + 1;
  const names = wanted.actions.map(() => `${channelOf(wanted.conversation)}/deliveries/${recorder.newId()}`);
  const batch = names[0] ?? "";
  const queued: Delivery[] = [];
  for (const [chunk, action] of wanted.actions.entries()) {
    const delivery = create(DeliverySchema, {
      name: names[chunk] ?? "",
      conversation: wanted.conversation,
      state,
      action,
      run: wanted.run ?? "",
      message: wanted.message ?? "",
      chunk,
      chunkCount: names.length,
      createTime: timestampFromMs(recorder.nowMs),
      expireTime: timestampFromMs(recorder.nowMs + wanted.expireMs),
      creator: wanted.creator,
      ...pauseOf(recorder, wanted, chunk),
      ...(refusal === undefined ? {} : { error: refusal, endTime: timestampFromMs(recorder.nowMs) }),
    });
    const replaces = chunk === 0 ? wanted.replaces : undefined;
    await insertDelivery(recorder, { delivery, position, batch, ...live(wanted), ...(replaces ? { replaces } : {}) });
    queued.push(delivery);
  }
  return queued;
}

/** Writes a new delivery and its event. */
export async function insertDelivery(recorder: Recorder, record: DeliveryRecord): Promise<void> {
  const { delivery: value } = record;
  await recorder.tables.deliveries.insert(record);
  await recorder.record(Change.CREATED, value.name, { case: "delivery", value });
}

/** Changes a delivery, and writes its event. Undefined unsets a field. */
export async function updateDelivery(
  recorder: Recorder,
  record: DeliveryRecord,
  changes: { [Field in keyof Delivery]?: Delivery[Field] | undefined },
): Promise<DeliveryRecord> {
  const value = patch(record.delivery, changes as Partial<Delivery>);
  const next = { ...record, delivery: value };
  await recorder.tables.deliveries.update(next);
  await recorder.record(Change.UPDATED, value.name, { case: "delivery", value });
  return next;
}

/** Gives a delivery up. */
export function discardDelivery(recorder: Recorder, record: DeliveryRecord): Promise<DeliveryRecord> {
  const endTime = timestampFromMs(recorder.nowMs);
  return updateDelivery(recorder, record, { state: State.DISCARDED, endTime, retryTime: undefined });
}

function pauseOf(
  { nowMs }: Recorder,
  { pauseMs = 0 }: NewDeliveries,
  chunk: number,
): Pick<Partial<Delivery>, "retryTime"> {
  return pauseMs === 0 || chunk > 0 ? {} : { retryTime: timestampFromMs(nowMs + pauseMs) };
}

function live(wanted: NewDeliveries): Pick<DeliveryRecord, "live"> {
  return wanted.live === undefined ? {} : { live: wanted.live };
}

async function findOverflow(recorder: Recorder, wanted: NewDeliveries): Promise<DeliveryError | undefined> {
  const channel = channelOf(wanted.conversation);
  const waiting = await recorder.tables.deliveries.countWaiting(channel);
  const items = waiting.items + wanted.actions.length;
  const bytes = wanted.actions.reduce((sum, action) => sum + actionBytes(action), waiting.bytes);
  if (items <= maxWaiting && bytes <= maxWaitingBytes) return undefined;
  const limit = items > maxWaiting ? `${maxWaiting} deliveries` : `${maxWaitingBytes} bytes`;
  const failure = deliveryQueueFull(channel, limit);
  if (wanted.whenFull === "refuse") throw failure;
  return deliveryError(ErrorReason.QUEUE_FULL, failure.message);
}
