/** The answer takes the place of its preview. */

import { create } from "@bufbuild/protobuf";
import { OutboundActionSchema, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Recorder } from "../../recorder.ts";
import type { DeliveryRecord } from "../delivery-table.ts";
import { updateDelivery } from "../queue-deliveries.ts";

/**
 * A delivery that replaces a preview becomes an edit of it, now that it is known whether the preview was sent; if it was not,
 * it goes out as a message of its own.
 */
export async function becomeEdit(recorder: Recorder, record: DeliveryRecord): Promise<DeliveryRecord> {
  const { replaces, ...rest } = record;
  const { action } = record.delivery;
  if (replaces === undefined || action?.kind.case !== "message") return record;
  const preview = await recorder.tables.deliveries.find(replaces);
  const platformId = preview?.delivery.platformIds[0];
  if (preview?.delivery.state !== State.SENT || platformId === undefined) return updateDelivery(recorder, rest, {});
  const value = { platformId, text: action.kind.value.text };
  const edit = create(OutboundActionSchema, { kind: { case: "edit", value } });
  return updateDelivery(recorder, rest, { action: edit });
}
