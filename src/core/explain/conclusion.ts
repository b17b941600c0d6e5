/** Where a path ended, in one sentence: answered, suppressed, failed, or still under way. */

import { type Delivery, Delivery_State as Sending } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type Ingress, Ingress_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type Run, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { idOf } from "../names.ts";
import type { Path } from "./path.ts";

/** The sentence, with a full stop. */
export function conclude({ ingress, run, deliveries }: Path): string {
  if (run !== undefined) return concludeRun(run, deliveries);
  const [last] = ingress.slice(-1);
  if (last !== undefined) return concludeIngress(last);
  if (deliveries.length > 0) return concludeDeliveries(deliveries);
  return "It is kept in the transcript; nothing was to answer it.";
}

function concludeRun(run: Run, deliveries: readonly Delivery[]): string {
  const why = run.error === undefined ? "" : `: ${run.error.message}`;
  if (run.state === State.QUEUED) return "Under way: it waits for its turn.";
  if (run.state === State.RUNNING || run.state === State.BLOCKED) return "Under way: the agent works on it.";
  const ended =
    run.state === State.SUCCEEDED ? "Answered" : run.state === State.FAILED ? `Failed${why}` : `Cancelled${why}`;
  if (run.deliverTo === "") return `${ended}; the answer is in the transcript.`;
  if (deliveries.length === 0) return `${ended}; nothing was to be sent.`;
  return `${ended}. ${concludeDeliveries(deliveries)}`;
}

function concludeDeliveries(deliveries: readonly Delivery[]): string {
  const inState = (...states: Sending[]): Delivery[] => deliveries.filter(({ state }) => states.includes(state));
  const ambiguous = inState(Sending.AMBIGUOUS)[0];
  const failed = inState(Sending.FAILED, Sending.EXPIRED, Sending.DISCARDED)[0];
  const waiting = inState(Sending.QUEUED, Sending.SENDING);
  const sent = inState(Sending.SENT).length;
  const all = deliveries.length;
  if (ambiguous !== undefined) {
    return `Nobody can say whether ${idOf(ambiguous.name)} was sent; retry or discard it.`;
  }
  if (failed !== undefined) {
    const why = failed.error === undefined ? "" : `: ${failed.error.message}`;
    return `${sent} of ${all} sent; ${idOf(failed.name)} was not${why}.`;
  }
  if (waiting.length > 0) return `Under way: ${sent} of ${all} sent.`;
  return all === 1 ? "Delivered." : `Delivered in ${all} pieces.`;
}

function concludeIngress({ outcome, rule, reason }: Ingress): string {
  const why = [rule, reason].filter(Boolean).join(": ");
  switch (outcome) {
    case Outcome.COMMAND:
      return "Carried out as a command.";
    case Outcome.CONTEXT:
      return `Kept as context for the next message that is answered (${why}).`;
    case Outcome.PAIRING:
      return `Not answered: the sender is not paired (${why}).`;
    case Outcome.FAILED:
      return `Failed (${why}).`;
    case Outcome.ACCEPTED:
      return "Accepted; its run is no longer kept.";
    default:
      return `Suppressed (${why}).`;
  }
}
