/** Cuts a delivery that turned out too long for its network into several. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { OutboundAction } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { channelOf } from "../../channel/channel-names.ts";
import { patch, type Recorder } from "../../recorder.ts";
import type { DeliveryRecord } from "../delivery-table.ts";
import { insertDelivery, updateDelivery } from "../queue-deliveries.ts";

/** The delivery becomes the first of these; the others follow it, before anything that followed it. */
export async function splitDelivery(
  recorder: Recorder,
  record: DeliveryRecord,
  actions: readonly OutboundAction[],
): Promise<void> {
  const { delivery, position, batch } = record;
  const more = actions.length - 1;
  const pieces = await recorder.tables.deliveries.listBatch(batch);
  const chunkCount = delivery.chunkCount + more;
  for (const piece of pieces.toReversed()) {
    const { chunk, name } = piece.delivery;
    if (name === delivery.name) continue;
    await updateDelivery(recorder, piece, { chunkCount, chunk: chunk > delivery.chunk ? chunk + more : chunk });
  }
  await updateDelivery(recorder, record, { chunkCount, action: actions[0] });
  for (const [index, action] of actions.slice(1).entries()) {
    const piece = patch(delivery, {
      name: `${channelOf(delivery.name)}/deliveries/${recorder.newId()}`,
      chunk: delivery.chunk + index + 1,
      chunkCount,
      action,
      createTime: timestampFromMs(recorder.nowMs),
      attempts: 0,
      platformIds: [],
    });
    await insertDelivery(recorder, { delivery: { ...piece, error: undefined } as typeof piece, position, batch });
  }
}
