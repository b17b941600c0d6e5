/** Messages as people read them. */

import {
  type Attachment,
  type Message,
  Message_RoleSchema,
  type Part,
} from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { bytesText } from "../care/bytes-text.ts";
import { lastPart } from "../link/names.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago } from "../terminal/moment.ts";
import { plainLine, plainText } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { fitText } from "../terminal/text-width.ts";

const toolWidth = 200;

/** Writes one message: who and when on a line, then its parts. */
export function writeMessage(terminal: Terminal, message: Message, nowMs: number): void {
  const { bold, dim } = terminal.colors;
  const summary = message.compactedPosition > 0n ? "summary of what was said before" : "";
  const marks = [summary, message.truncated ? "truncated" : "", message.pending ? "waiting" : ""].filter(Boolean);
  const when = [ago(message.createTime, nowMs), ...marks, lastPart(message.name)].join(", ");
  terminal.line(`${bold(roleWord(message))} ${dim(when)}`);
  for (const part of message.parts) terminal.line(partText(terminal, part).trimEnd());
  terminal.line("");
}

/** "user", "assistant", "tool" or "system". */
export function roleWord({ role }: Message): string {
  return enumWord(Message_RoleSchema, role);
}

/** "photo.png (image/png, 12 KB) blobs/…". */
function fileText({ fileName, mediaType, sizeBytes, blob }: Attachment): string {
  return `▣ ${plainLine(fileName) || "file"} (${plainLine(mediaType)}, ${bytesText(Number(sizeBytes))}) ${blob}`;
}

function partText(terminal: Terminal, { kind }: Part): string {
  const { dim, red } = terminal.colors;
  switch (kind.case) {
    case "text":
      return plainText(kind.value);
    case "thinking":
      return dim(plainText(kind.value));
    case "attachment":
      return dim(fileText(kind.value));
    case "toolUse":
      return dim(fitText(plainLine(`→ ${kind.value.tool} ${JSON.stringify(kind.value.input ?? {})}`), toolWidth));
    case "toolResult": {
      const { tool, failed, text } = kind.value;
      return (failed ? red : dim)(fitText(plainLine(`← ${tool}${failed ? " failed" : ""}: ${text}`), toolWidth));
    }
    default:
      return "";
  }
}
