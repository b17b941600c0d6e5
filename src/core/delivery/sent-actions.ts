/** From what a caller wants sent to the messages it takes. */

import { create } from "@bufbuild/protobuf";
import {
  type ButtonRow,
  type OutboundAction,
  OutboundActionSchema,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { settleAttachments } from "../blob/attachments.ts";
import { invalidField } from "../errors.ts";
import { checkParts } from "../message/message-parts.ts";
import type { Recorder } from "../recorder.ts";
import type { ChannelLine } from "./channel-lines.ts";
import { checkAction, checkButtons, checkId } from "./check-action.ts";
import { composeActions } from "./compose-actions.ts";
import { capabilityMissing } from "./delivery-failures.ts";
import { missingCapability } from "./outbox/prepare-action.ts";
import { textLimits } from "./text/text-limits.ts";

/** Text and files, or one other action. */
export type SentAction = SentContent | Exclude<OutboundAction["kind"], { case: "message" }>;

/** Text and files. */
export interface SentContent {
  readonly case: "content";
  readonly value: {
    readonly parts: Part[];
    readonly replyTo: string;
    readonly silent: boolean;
    /** Under the last message. */
    readonly buttons: ButtonRow[];
  };
}

/** Fails with FIELD_INVALID unless a network could do it. */
export function checkSent(what: SentAction): void {
  if (what.case === undefined) throw invalidField("action", "is missing; say what is to be sent");
  if (what.case !== "content") {
    checkAction(create(OutboundActionSchema, { kind: what }));
    return;
  }
  checkParts(what.value.parts, "content.parts");
  if (what.value.replyTo !== "") checkId(what.value.replyTo, "content.reply_to");
  checkButtons(what.value.buttons, "content.buttons");
}

/** The messages it takes. Fails with CAPABILITY_MISSING as far as the network is known, and FIELD_INVALID for a file that is not there. */
export async function sentActions(recorder: Recorder, what: SentAction, line: ChannelLine): Promise<OutboundAction[]> {
  const { settings, capabilities = line.connection?.capabilities } = line;
  const actions =
    what.case === "content"
      ? await contentActions(recorder, what.value, line)
      : [create(OutboundActionSchema, { kind: what })];
  if (actions.length === 0) throw invalidField("content.parts", "has nothing but blanks");
  for (const action of actions) {
    const missing = capabilities && missingCapability(action, capabilities);
    if (missing !== undefined) throw capabilityMissing(settings.name, missing);
  }
  return actions;
}

async function contentActions(
  recorder: Recorder,
  { parts, replyTo, silent, buttons }: SentContent["value"],
  { settings, capabilities, connection }: ChannelLine,
): Promise<OutboundAction[]> {
  const { textChunkLimit, chunkMode } = settings.outbound;
  const settled = await settleAttachments(recorder.tables, parts, "content.parts");
  const limits = textLimits(textChunkLimit, capabilities ?? connection?.capabilities);
  const actions = composeActions(settled, { limits, chunkMode, replyTo, replyToMode: "first", silent });
  const last = actions.at(-1)?.kind;
  if (last?.case === "message") last.value.buttons = buttons;
  return actions;
}
