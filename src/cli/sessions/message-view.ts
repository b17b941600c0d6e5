/** Messages as people read them. */

import type { MessageJson, PartJson } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { lastPart } from "../link/names.ts";
import { ago } from "../terminal/moment.ts";
import { plainLine, plainText } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { fitText } from "../terminal/text-width.ts";

const toolWidth = 200;

/** Writes one message: who and when on a line, then its parts. */
export function writeMessage(terminal: Terminal, message: MessageJson, nowMs: number): void {
  const { bold, dim } = terminal.colors;
  const marks = [message.truncated ? "truncated" : "", message.pending ? "waiting" : ""].filter(Boolean);
  const who = roleWord(message.role);
  const when = [ago(message.createTime, nowMs), ...marks, lastPart(message.name)].join(", ");
  terminal.line(`${bold(who)} ${dim(when)}`);
  for (const part of message.parts ?? []) terminal.line(partText(terminal, part).trimEnd());
  terminal.line("");
}

/** "user", "assistant", "tool" or "system". */
export function roleWord(role: MessageJson["role"]): string {
  return (role ?? "").replace("ROLE_", "").toLowerCase();
}

function partText(terminal: Terminal, part: PartJson): string {
  const { dim, red } = terminal.colors;
  if (part.text !== undefined) return plainText(part.text);
  if (part.thinking !== undefined) return dim(plainText(part.thinking));
  if (part.toolUse)
    return dim(fitText(`→ ${part.toolUse.tool} ${plainLine(JSON.stringify(part.toolUse.input ?? {}))}`, toolWidth));
  if (!part.toolResult) return "";
  const { tool = "", failed = false, text = "" } = part.toolResult;
  return (failed ? red : dim)(fitText(`← ${tool}${failed ? " failed" : ""}: ${plainLine(text)}`, toolWidth));
}
