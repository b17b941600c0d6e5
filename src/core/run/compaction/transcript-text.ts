/** A transcript as text for whoever sums it up: every line is indented, so that nothing in it looks like more than it is. */

import { type Message, type Part, Message_Role as Role } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { told } from "../../agent/channel-text.ts";
import { indented } from "../../agent/marks.ts";

/** Longest output of a tool, and longest input, in UTF-16 units; the middle is left out. */
const maxToolOutput = 2_000;
const maxToolInput = 500;

const roles: Readonly<Record<number, string>> = {
  [Role.USER]: "user",
  [Role.ASSISTANT]: "assistant",
  [Role.TOOL]: "tool",
  [Role.SYSTEM]: "note",
};

/** As much of a transcript as fits, from its beginning. */
export interface TranscriptText {
  readonly text: string;
  /** Messages it holds; at least one, which is shortened when it alone is too long. */
  readonly taken: number;
}

/** The text of the first messages, at most `maxLength` UTF-16 units. What channels brought keeps its marks. */
export function transcriptText(messages: readonly Message[], maxLength: number): TranscriptText {
  const texts: string[] = [];
  let length = 0;
  for (const message of messages) {
    const text = messageText(message);
    if (texts.length > 0 && length + text.length > maxLength) break;
    texts.push(shortened(text, maxLength));
    length += text.length + 1;
  }
  return { text: texts.join("\n"), taken: texts.length };
}

/** The beginning and the end of a text that is too long. */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const half = Math.max(0, Math.floor(maxLength / 2));
  const left = `${text.length - 2 * half} characters left out`;
  return `${text.slice(0, half).toWellFormed()} […${left}…] ${text.slice(text.length - half).toWellFormed()}`;
}

function messageText(message: Message): string {
  const lines = told(message).parts.map(partText).filter(Boolean).join("\n");
  const cut = message.truncated ? " (broken off)" : "";
  return `${roles[message.role] ?? "note"}${cut}:\n${indentedWhole(lines)}`;
}

function partText({ kind }: Part): string {
  if (kind.case === "text") return kind.value;
  if (kind.case === "toolUse") {
    return `[called the tool ${kind.value.tool} with ${shortened(JSON.stringify(kind.value.input ?? {}), maxToolInput)}]`;
  }
  if (kind.case !== "toolResult") return "";
  const { tool, failed, text } = kind.value;
  return `[the tool ${tool} ${failed ? "failed" : "answered"}: ${shortened(text, maxToolOutput)}]`;
}

/** Every line of it a little to the right: nothing in it begins like a line of its own. */
export function indentedWhole(text: string): string {
  return `  ${indented(text)}`;
}
