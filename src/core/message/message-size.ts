/** How large a message is, on its way in, kept, or on its way out: near enough to bound pages, batches and memory. */

import { toBinary } from "@bufbuild/protobuf";
import {
  type Delivery,
  type OutboundAction,
  OutboundActionSchema,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Ingress } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Message, Origin, Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";

/** Names, times and numbers of a message. */
const frameBytes = 512;

/** Addresses, names, reasons and times of what a network brought or is told. */
const envelopeBytes = 2_000;

/** Bytes of UTF-8 in the message's content, plus an allowance for the rest. */
export function messageBytes(message: Message): number {
  return message.parts.reduce((sum, part) => sum + partBytes(part), frameBytes + originBytes(message.origin));
}

function originBytes(origin: Origin | undefined): number {
  if (origin === undefined) return 0;
  const lines = origin.context.reduce((sum, { senderTitle, text }) => sum + Buffer.byteLength(senderTitle + text), 0);
  return frameBytes + lines + Buffer.byteLength(origin.replyText);
}

function partBytes({ kind, modelState }: Part): number {
  const state = modelState === undefined ? 0 : jsonBytes(modelState);
  if (kind.case === "text" || kind.case === "thinking") return state + Buffer.byteLength(kind.value);
  if (kind.case === "toolResult") return state + Buffer.byteLength(kind.value.text);
  return state + (kind.case === "toolUse" ? jsonBytes(kind.value.input ?? {}) : 0);
}

/** Bytes of text in what came in, plus an allowance for the rest. */
export function ingressBytes({ message }: Ingress): number {
  return envelopeBytes + Buffer.byteLength(message?.text ?? "") + Buffer.byteLength(message?.replyText ?? "");
}

/** Bytes of what is to go out, plus an allowance for the rest. */
export function deliveryBytes({ action }: Delivery): number {
  return envelopeBytes + (action === undefined ? 0 : actionBytes(action));
}

/** Bytes of what a network is to be asked. */
export function actionBytes(action: OutboundAction): number {
  return toBinary(OutboundActionSchema, action).length;
}

/** Bytes of data written as JSON. */
export function jsonBytes(data: object): number {
  return Buffer.byteLength(JSON.stringify(data));
}
