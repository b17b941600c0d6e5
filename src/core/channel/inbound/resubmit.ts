/** Handling an inbound message again that failed. */

import { type Ingress, Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { notFound, protectedResource } from "../../errors.ts";
import type { Recorder } from "../../recorder.ts";
import type { RunEffects } from "../../run/run-effects.ts";
import { channelOf, requirePartName } from "../channel-names.ts";
import type { ChannelSettings } from "../channel-settings.ts";
import { changeIngress } from "../ingress/keep-ingress.ts";
import { arrivalOf } from "./arrival.ts";
import type { Outcomes } from "./outcomes.ts";

/** What is handled again, and by what. */
export interface Resubmission {
  /** "channels/{channel}/ingress/{ingress}". */
  readonly name: string;
  /** Settings of a channel by its name; undefined when it is not configured. */
  readonly channels: (name: string) => ChannelSettings | undefined;
  readonly outcomes: Outcomes;
}

/** See `Inbound.resubmit`. */
export async function resubmit(
  recorder: Recorder,
  effects: RunEffects,
  { name, channels, outcomes }: Resubmission,
): Promise<Ingress> {
  requirePartName(name, "ingress", "name");
  const record = await recorder.tables.ingress.find(name);
  if (record?.ingress.message === undefined) throw notFound(name);
  const { outcome, attempts, message } = record.ingress;
  if (outcome !== Outcome.FAILED && attempts > 1) return record.ingress;
  if (outcome !== Outcome.FAILED) throw protectedResource(name, "did not fail; only what failed is resubmitted");
  const channel = channels(channelOf(name));
  if (channel === undefined) throw notFound(channelOf(name));
  const settled = await outcomes.settle(recorder, effects, arrivalOf(channel, message));
  return changeIngress(recorder, record, settled);
}
