/** Networks that show us what we said ourselves. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Delivery } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Recorder } from "../../recorder.ts";
import type { Arrival } from "./arrival.ts";

/** Deliveries looked at for what a program says, the newest first. */
const looked = 10;

/** A program that says the same as we did within this time is us. */
const sameTextMs = 30_000;

/** True when we sent the message: its id is that of a delivery, or a program has just said what we said there. */
export async function isOwnEcho(recorder: Recorder, { message, conversation }: Arrival): Promise<boolean> {
  const { deliveries } = recorder.tables;
  // Nearly everything is neither: that is known without reading what we said.
  if (await deliveries.hasSent(conversation, message.platformId)) return true;
  if (!message.senderIsBot) return false;
  const found = await deliveries.list({ conversation, limit: looked });
  return found.some(({ delivery }) => {
    if (delivery.platformIds.includes(message.platformId)) return true;
    return saysSame(delivery, message.text, recorder.nowMs);
  });
}

/** The network may show it before it says that it took it. */
function saysSame({ action, attempts, createTime, endTime }: Delivery, text: string, nowMs: number): boolean {
  if (action?.kind.case !== "message" || attempts === 0 || text.trim() === "") return false;
  const time = endTime ?? createTime;
  return action.kind.value.text.trim() === text.trim() && time !== undefined && nowMs - timestampMs(time) <= sameTextMs;
}
