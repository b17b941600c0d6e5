/** Deliveries as people read them. */

import {
  type Delivery,
  Delivery_StateSchema,
  type OutboundAction,
  Delivery_State as State,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReasonSchema } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { lastPart } from "../link/names.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago, exactly, unixMs } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of deliveries. */
export function deliveryColumns(terminal: Terminal, nowMs: number): Column<Delivery>[] {
  const { cyan } = terminal.colors;
  return [
    { title: "delivery", cell: (one) => lastPart(one.name), paint: cyan },
    { title: "channel", cell: (one) => channelWord(one) },
    { title: "to", cell: (one) => addressWord(one.conversation), shrinks: true },
    { title: "state", cell: stateWord, paint: (cell, one) => paintState(terminal, one, cell) },
    { title: "tries", cell: (one) => String(one.attempts), right: true },
    { title: "accepted", cell: (one) => ago(one.createTime, nowMs) },
    { title: "what", cell: (one) => actionText(one.action), shrinks: true },
    { title: "error", cell: (one) => plainLine(one.error?.message ?? ""), shrinks: true },
  ];
}

/** Writes everything about one delivery. */
export function writeDelivery(terminal: Terminal, delivery: Delivery, nowMs: number): void {
  const { error, chunk, chunkCount, retryTime, expireTime } = delivery;
  writePairs(terminal, [
    ["name", delivery.name],
    ["to", delivery.conversation],
    ["state", paintState(terminal, delivery, stateWord(delivery))],
    ["error", error && plainLine(error.message)],
    ["reason", error && ErrorReasonSchema.value[error.reason]?.localName],
    ["what", actionText(delivery.action)],
    ["piece", chunkCount > 1 ? `${chunk + 1} of ${chunkCount}` : undefined],
    ["tries", String(delivery.attempts)],
    ["ids there", delivery.platformIds.map(plainLine).join(" ")],
    ["run", delivery.run],
    ["message", delivery.message],
    ["sent by", delivery.creator],
    ["accepted", ago(delivery.createTime, nowMs)],
    ["next try", retryTime && inFuture(unixMs(retryTime) - nowMs)],
    ["given up", stateOf(delivery) === "waits" && expireTime ? inFuture(unixMs(expireTime) - nowMs) : undefined],
    ["ended", delivery.endTime && ago(delivery.endTime, nowMs)],
  ]);
}

/** Writes what became of one delivery, on a line. */
export function writeOutcome(terminal: Terminal, delivery: Delivery): void {
  const { error, platformIds, name } = delivery;
  const ids = platformIds.length === 0 ? "" : ` (${platformIds.map(plainLine).join(" ")})`;
  const why = error === undefined ? "" : `: ${plainLine(error.message)}`;
  terminal.line(`${name} is ${paintState(terminal, delivery, stateWord(delivery))}${ids}${why}`);
}

/** Whether it is still on its way. */
export function stateOf({ state }: Delivery): "waits" | "ended" {
  return state === State.QUEUED || state === State.SENDING ? "waits" : "ended";
}

/** "queued", "ambiguous". */
function stateWord({ state }: Delivery): string {
  return enumWord(Delivery_StateSchema, state);
}

function paintState(terminal: Terminal, { state }: Delivery, text: string): string {
  const { green, red, yellow } = terminal.colors;
  if (state === State.SENT) return green(text);
  return state === State.FAILED || state === State.AMBIGUOUS ? red(text) : yellow(text);
}

/** "say hello", "react 👍 to 4711". */
function actionText(action: OutboundAction | undefined): string {
  const { kind } = action ?? { kind: { case: undefined } };
  switch (kind.case) {
    case "message": {
      const { text, attachment } = kind.value;
      const file = attachment === undefined ? "" : `▣ ${attachment.fileName || "file"} `;
      return plainLine(`${file}${text}`);
    }
    case "edit":
      return plainLine(`edit ${kind.value.platformId}: ${kind.value.text}`);
    case "delete":
      return plainLine(`delete ${kind.value.platformId}`);
    case "reaction":
      return plainLine(`${kind.value.remove ? "take back" : "react"} ${kind.value.emoji} ${kind.value.platformId}`);
    case "poll":
      return plainLine(`poll: ${kind.value.question}`);
    default:
      return "(no longer kept)";
  }
}

function channelWord({ name }: Delivery): string {
  return name.split("/")[1] ?? "";
}

/** The address in a conversation's name, as the network writes it. */
function addressWord(conversation: string): string {
  const id = lastPart(conversation);
  try {
    return plainLine(decodeURIComponent(id.replaceAll("%", "%25").replace(/~([0-9A-F]{2})/g, "%$1")));
  } catch {
    return id;
  }
}

function inFuture(ms: number): string {
  return ms <= 0 ? "now" : `in ${exactly(ms)}`;
}
