/** What becomes of a reaction: it waits to be told with the next message of its conversation, or nobody hears of it. */

import { Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Recorder } from "../../recorder.ts";
import type { AccessRules } from "../access/access-decision.ts";
import type { Arrival } from "../inbound/arrival.ts";
import { keepConversation } from "../inbound/known-conversation.ts";
import type { Settled } from "../inbound/settled.ts";
import { decideReaction } from "./reaction-decision.ts";

/** Settles the reaction, inside the transaction that keeps it. It starts no run, no session, and asks nobody to pair. */
export async function settleReaction(
  recorder: Recorder,
  arrival: Arrival,
  messaging: AccessRules["messaging"],
): Promise<Settled> {
  const { channel, message, sender } = arrival;
  const paired = (await recorder.tables.senders.find(sender)) !== undefined;
  const { told, rule, reason } = decideReaction({ message, paired }, { channel, messaging });
  if (!told) return { outcome: Outcome.SUPPRESSED, rule, reason };
  await keepConversation(recorder, arrival, "");
  return { outcome: Outcome.CONTEXT, rule, reason, waits: true };
}
