/** Inbound messages as people read them. */

import {
  type Ingress,
  Ingress_OutcomeSchema,
  Ingress_Outcome as Outcome,
} from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { lastPart } from "../link/names.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of inbound messages. */
export function ingressColumns(terminal: Terminal, nowMs: number): Column<Ingress>[] {
  const { cyan } = terminal.colors;
  return [
    { title: "ingress", cell: (one) => lastPart(one.name), paint: cyan },
    { title: "channel", cell: (one) => one.name.split("/")[1] ?? "" },
    { title: "from", cell: senderText, shrinks: true },
    { title: "outcome", cell: outcomeWord, paint: (cell, one) => paintOutcome(terminal, one, cell) },
    { title: "came", cell: (one) => ago(one.createTime, nowMs) },
    { title: "text", cell: textOf, shrinks: true },
    { title: "why", cell: whyText, shrinks: true },
  ];
}

/** Writes everything about one inbound message. */
export function writeIngress(terminal: Terminal, ingress: Ingress, nowMs: number): void {
  const { message, attempts } = ingress;
  writePairs(terminal, [
    ["name", ingress.name],
    ["from", senderText(ingress)],
    ["conversation", ingress.conversation],
    [message?.reaction === undefined ? "text" : "reaction", textOf(ingress)],
    ["answers", plainLine([message?.replyTo, message?.replyText].filter(Boolean).join(": "))],
    ["files", message?.attachments.map(({ fileName, blob }) => plainLine(fileName || blob)).join(" ")],
    ["outcome", paintOutcome(terminal, ingress, outcomeWord(ingress))],
    ["rule", ingress.rule],
    ["reason", plainLine(ingress.reason)],
    ["route", ingress.route],
    ["session", ingress.session],
    ["message", ingress.transcriptMessage],
    ["run", ingress.run],
    ["id there", plainLine(message?.platformId ?? "")],
    ["came", ago(ingress.createTime, nowMs)],
    ["handled", attempts > 1 ? `${attempts} times` : undefined],
  ]);
}

/** Writes what became of one inbound message, on a line. */
export function writeOutcome(terminal: Terminal, ingress: Ingress): void {
  const why = whyText(ingress);
  const outcome = paintOutcome(terminal, ingress, outcomeWord(ingress));
  terminal.line(`${ingress.name} is ${outcome}${why === "" ? "" : `: ${why}`}`);
}

function outcomeWord({ outcome }: Ingress): string {
  return enumWord(Ingress_OutcomeSchema, outcome);
}

function paintOutcome(terminal: Terminal, { outcome }: Ingress, text: string): string {
  const { green, red, yellow } = terminal.colors;
  if (outcome === Outcome.ACCEPTED || outcome === Outcome.COMMAND) return green(text);
  return outcome === Outcome.FAILED ? red(text) : yellow(text);
}

function senderText({ message }: Ingress): string {
  const { senderTitle = "", senderAddress = "" } = message ?? {};
  return plainLine(
    senderTitle === "" || senderTitle === senderAddress ? senderAddress : `${senderTitle} (${senderAddress})`,
  );
}

/** What was said; of a reaction, the emoji and what it is on. */
function textOf({ message }: Ingress): string {
  const { reaction, text = "", replyTo = "" } = message ?? {};
  if (reaction === undefined) return plainLine(text);
  return plainLine(`${reaction.emoji} ${reaction.remove ? "taken back from" : "to"} ${replyTo}`);
}

function whyText({ rule, reason }: Ingress): string {
  return plainLine([rule, reason].filter(Boolean).join(": "));
}
