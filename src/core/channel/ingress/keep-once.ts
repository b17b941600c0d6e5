/** The same message again changes nothing. */

import type { Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Recorder } from "../../recorder.ts";
import type { Arrival } from "../inbound/arrival.ts";
import type { Settled } from "../inbound/settled.ts";
import { placeReaction } from "../reaction/reaction-place.ts";
import { keepIngress } from "./keep-ingress.ts";

/** What was kept of the message, and whether that was now. A reaction is kept where the message is that it is on. */
export async function keepOnce(
  recorder: Recorder,
  brought: Arrival,
  settle: (arrival: Arrival) => Promise<Settled>,
): Promise<{ readonly ingress: Ingress; readonly isNew: boolean }> {
  const arrival = await placeReaction(recorder.tables, brought);
  const known = await recorder.tables.ingress.findByKey(arrival.conversation, arrival.key);
  if (known !== undefined) return { ingress: known.ingress, isNew: false };
  return { ingress: await keepIngress(recorder, arrival, await settle(arrival)), isNew: true };
}
