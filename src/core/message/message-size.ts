/** How large a message is, near enough to bound pages, batches and memory. */

import type { Message, Origin, Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";

/** Names, times and numbers of a message. */
const frameBytes = 512;

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

/** Bytes of data written as JSON. */
export function jsonBytes(data: object): number {
  return Buffer.byteLength(JSON.stringify(data));
}
