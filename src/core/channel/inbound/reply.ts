/** What the gateway itself says in a conversation. */

import { create } from "@bufbuild/protobuf";
import { OutboundActionSchema } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { gatewayActor } from "../../changes.ts";
import { queueDeliveries } from "../../delivery/queue-deliveries.ts";
import type { Recorder } from "../../recorder.ts";
import type { Arrival } from "./arrival.ts";

/** Answers the message; nothing leaves for an empty text. */
export async function reply(recorder: Recorder, { channel, conversation }: Arrival, text: string): Promise<void> {
  if (text === "") return;
  const action = create(OutboundActionSchema, { kind: { case: "message", value: { text } } });
  const { expireMs } = channel.outbound;
  await queueDeliveries(recorder, { conversation, actions: [action], creator: gatewayActor, expireMs });
}
