/** The record of an inbound message: what came in, and what became of it. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Event_Change as Change } from "../../../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Ingress, IngressSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { patch, type Recorder } from "../../recorder.ts";
import type { Arrival } from "../inbound/arrival.ts";
import { mostWaiting, type Settled } from "../inbound/settled.ts";
import type { IngressRecord } from "./ingress-table.ts";

/** Keeps the record of a message that was not there before, and its event. */
export async function keepIngress(
  recorder: Recorder,
  { channel, conversation, message, key }: Arrival,
  { waits = false, ...end }: Settled,
): Promise<Ingress> {
  const ingress = create(IngressSchema, {
    ...end,
    name: `${channel.name}/ingress/${recorder.newId()}`,
    conversation,
    message,
    createTime: timestampFromMs(recorder.nowMs),
    attempts: 1,
  });
  await recorder.tables.ingress.insert({ ingress, key, waits });
  // In a group that never mentions us, what waits would grow for a month, to be cleared at once by the first mention.
  if (waits) await recorder.tables.ingress.trimWaiting(conversation, mostWaiting(channel));
  await recorder.record(Change.CREATED, ingress.name, { case: "ingress", value: ingress });
  return ingress;
}

/** Keeps what became of a message that was handled once more. */
export async function changeIngress(
  recorder: Recorder,
  { ingress, key }: IngressRecord,
  { waits = false, ...end }: Settled,
): Promise<Ingress> {
  const next = patch(ingress, { rule: "", reason: "", route: "", ...end, attempts: ingress.attempts + 1 });
  await recorder.tables.ingress.update({ ingress: next, key, waits });
  await recorder.record(Change.UPDATED, next.name, { case: "ingress", value: next });
  return next;
}
