/** Takes a delivery that waits, to send it: it is SENDING from then on, and nobody else sends it. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Capabilities } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type OutboundAction, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { Address } from "../../channel/network.ts";
import type { Recorder } from "../../recorder.ts";
import { deliveryError } from "../delivery-failures.ts";
import type { DeliveryRecord } from "../delivery-table.ts";
import { updateDelivery } from "../queue-deliveries.ts";
import { findAddress } from "./conversation-address.ts";
import { endExpired, endFailed } from "./delivery-outcomes.ts";
import { prepareAction } from "./prepare-action.ts";
import { becomeEdit } from "./replace-preview.ts";
import { splitDelivery } from "./split-delivery.ts";

/** A delivery that is SENDING, and what the network is to be asked. */
export interface Claim {
  readonly record: DeliveryRecord;
  readonly action: OutboundAction;
  readonly to: Address;
}

/** The claim; undefined when it waits no more, has expired, cannot be sent, or was cut into several. */
export async function claimDelivery(
  recorder: Recorder,
  name: string,
  capabilities: Capabilities,
): Promise<Claim | undefined> {
  const found = await recorder.tables.deliveries.find(name);
  if (found?.delivery.state !== State.QUEUED) return undefined;
  const { expireTime } = found.delivery;
  if (expireTime !== undefined && timestampMs(expireTime) <= recorder.nowMs) {
    await endExpired(recorder, found);
    return undefined;
  }
  const record = await becomeEdit(recorder, found);
  const { action, conversation, attempts } = record.delivery;
  const to = await findAddress(recorder.tables, conversation);
  if (action === undefined || to === undefined) {
    const what = action === undefined ? "what was to be sent" : `the address of ${conversation}`;
    await endFailed(recorder, record, deliveryError(ErrorReason.NOT_FOUND, `${what} is not known any more`));
    return undefined;
  }
  const prepared = prepareAction(action, capabilities);
  if (prepared.kind === "refuse") {
    await endFailed(recorder, record, deliveryError(prepared.reason, prepared.message));
    return undefined;
  }
  if (prepared.kind === "split") {
    await splitDelivery(recorder, record, prepared.actions);
    return undefined;
  }
  const changes = { state: State.SENDING, attempts: attempts + 1, retryTime: undefined };
  return { record: await updateDelivery(recorder, record, changes), action: prepared.action, to };
}
