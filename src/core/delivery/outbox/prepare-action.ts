/** Makes an action fit for a network, just before it is asked: what it cannot do is left out, refused or cut. */

import { create } from "@bufbuild/protobuf";
import type { Capabilities } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type OutboundAction, OutboundActionSchema } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { patch } from "../../recorder.ts";
import { chunkText } from "../text/chunk-text.ts";
import { plainText } from "../text/plain-text.ts";
import { fits, textLimits } from "../text/text-limits.ts";

/** What is to be done with an action. */
export type Prepared =
  | { readonly kind: "send"; readonly action: OutboundAction }
  /** It is too long for one message: these, in order, are to take its place. */
  | { readonly kind: "split"; readonly actions: readonly OutboundAction[] }
  | { readonly kind: "refuse"; readonly reason: ErrorReason; readonly message: string };

type Kind = NonNullable<OutboundAction["kind"]["case"]>;

const needed: Readonly<Partial<Record<Kind, "edit" | "delete" | "react" | "poll">>> = {
  edit: "edit",
  delete: "delete",
  reaction: "react",
  poll: "poll",
};

/** What a network lacks for an action, in its own words; undefined when it lacks nothing. */
export function missingCapability({ kind }: OutboundAction, capabilities: Capabilities): string | undefined {
  const capability = kind.case && needed[kind.case];
  if (capability !== undefined) return capabilities[capability] ? undefined : capability;
  if (kind.case !== "message") return undefined;
  if (kind.value.attachment !== undefined && capabilities.maxMediaBytes === 0n) return "media";
  return kind.value.buttons.length > 0 && !capabilities.buttons ? "buttons" : undefined;
}

/** The action as the network can take it. */
export function prepareAction(action: OutboundAction, capabilities: Capabilities): Prepared {
  const missing = missingCapability(action, capabilities);
  if (missing !== undefined) return refuse(ErrorReason.CAPABILITY_MISSING, `the network cannot do this (${missing})`);
  const { kind } = action;
  if (kind.case === "edit") return prepareEdit(action, capabilities);
  if (kind.case !== "message") return { kind: "send", action };
  const { attachment } = kind.value;
  if (attachment !== undefined && attachment.sizeBytes > capabilities.maxMediaBytes) {
    const sizes = `${attachment.sizeBytes} bytes, at most ${capabilities.maxMediaBytes}`;
    return refuse(ErrorReason.TOO_LARGE, `the file is larger than the network takes (${sizes})`);
  }
  const text = capabilities.markdown ? kind.value.text : plainText(kind.value.text);
  const value = patch(kind.value, { text, replyTo: capabilities.reply ? kind.value.replyTo : "" });
  if (text.trim() === "" && attachment === undefined)
    return refuse(ErrorReason.FIELD_INVALID, "there is no text to send");
  const limits = textLimits(0, capabilities);
  if (fits(text, limits)) return { kind: "send", action: patch(action, { kind: { case: "message", value } }) };
  const pieces = chunkText(kind.value.text, limits).map((piece, index, all) => {
    const piece_ = index === 0 ? kind.value : { ...kind.value, attachment: undefined, replyTo: "" };
    const buttons = index === all.length - 1 ? kind.value.buttons : [];
    const message = { case: "message" as const, value: { ...piece_, text: piece.text, buttons } };
    return create(OutboundActionSchema, { kind: message });
  });
  return { kind: "split", actions: pieces };
}

/** An edit is cut, never continued: there is one message to change. */
function prepareEdit(action: OutboundAction, capabilities: Capabilities): Prepared {
  if (action.kind.case !== "edit") return { kind: "send", action };
  const { value } = action.kind;
  const whole = capabilities.markdown ? value.text : plainText(value.text);
  const limits = textLimits(0, capabilities);
  const text = fits(whole, limits) ? whole : (chunkText(whole, limits)[0]?.text ?? "");
  return { kind: "send", action: patch(action, { kind: { case: "edit", value: patch(value, { text }) } }) };
}

function refuse(reason: ErrorReason, message: string): Prepared {
  return { kind: "refuse", reason, message };
}
