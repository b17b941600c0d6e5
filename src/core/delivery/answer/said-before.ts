/** What of an answer left before the answer was committed. */

import { createHash } from "node:crypto";
import { Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Part } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ReadTables } from "../../store.ts";
import type { DeliveryReader, DeliveryRecord } from "../delivery-table.ts";

/** Pieces of one answer of a run. */
export interface SaidBefore {
  /** UTF-16 units of the answer's text that left already; 0 when they do not begin it, because the model spoke anew. */
  readonly length: number;
  /** A preview that is in the conversation, or on its way there. */
  readonly preview: DeliveryRecord | undefined;
}

/** The text of an answer, as all that is said of it counts it. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap(({ kind }) => (kind.case === "text" ? [kind.value] : [])).join("\n\n");
}

/** Names a beginning of a text. */
export function hashOfText(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** What was said of the run's answer number `step` while it was written. */
export async function findSaid(
  deliveries: DeliveryReader,
  run: string,
  { step, text }: { readonly step: number; readonly text: string },
): Promise<SaidBefore> {
  const said = (await deliveries.listLive(run)).filter((record) => record.live?.step === step);
  const blocks = said.filter((record) => record.live?.kind === "block");
  const covers = ({ live }: DeliveryRecord): boolean =>
    live !== undefined && live.length <= text.length && live.hash === hashOfText(text.slice(0, live.length));
  const preview = said.findLast((record) => record.live?.kind === "preview" && isOut(record));
  return { length: blocks.findLast(covers)?.live?.length ?? 0, preview };
}

function isOut({ delivery: { state } }: DeliveryRecord): boolean {
  return state === State.QUEUED || state === State.SENDING || state === State.SENT;
}

/** True for a run that ended without a word although a tool of it failed, and that did not choose to be silent. */
export async function fellSilent(
  { deliveries, messages }: Pick<ReadTables, "deliveries" | "messages">,
  { name, outputs }: Run,
): Promise<boolean> {
  // Whoever called no tool has one output.
  if (outputs.length < 2 || (await deliveries.list({ run: name, limit: 1 })).length > 0) return false;
  let failed = false;
  for (const output of outputs) {
    const parts = (await messages.find(output))?.parts ?? [];
    if (textOf(parts).trim() !== "") return false;
    failed ||= parts.some(({ kind }) => kind.case === "toolResult" && kind.value.failed);
  }
  return failed;
}
