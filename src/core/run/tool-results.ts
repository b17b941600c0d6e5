/** Answers to tool calls in the transcript. Every ToolUse gets exactly one ToolResult, whatever happens to the run. */

import { create } from "@bufbuild/protobuf";
import {
  type Message,
  PartSchema,
  Message_Role as Role,
  type ToolUse,
} from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { MessageReader } from "../message/message-table.ts";
import { sessionOf } from "../names.ts";
import type { Recorder } from "../recorder.ts";

/** Longest text of a tool result, in bytes of UTF-8. */
const maxResultBytes = 65_536;

/** What became of one tool call. */
export interface ToolAnswer {
  readonly use: ToolUse;
  readonly text: string;
  readonly failed: boolean;
}

/** Tool calls of a message, in order. */
export function toolUsesOf(message: Message): ToolUse[] {
  return message.parts.flatMap(({ kind }) => (kind.case === "toolUse" ? [kind.value] : []));
}

/** Tool calls of the run's last answer that have no result yet, in order. */
export async function findOpenToolUses(messages: MessageReader, run: Run): Promise<ToolUse[]> {
  const answered = new Set<string>();
  for (const name of run.outputs.toReversed()) {
    const message = await messages.find(name);
    if (message === undefined) continue;
    if (message.role === Role.ASSISTANT) return toolUsesOf(message).filter((use) => !answered.has(use.callId));
    for (const { kind } of message.parts) if (kind.case === "toolResult") answered.add(kind.value.callId);
  }
  return [];
}

/** Adds the result of one call to the transcript. The caller adds it to the run's outputs and counts it. */
export function insertToolResult(recorder: Recorder, run: Run, answer: ToolAnswer): Promise<Message> {
  const { use, failed } = answer;
  const value = { callId: use.callId, tool: use.tool, failed, text: bounded(answer.text) };
  return recorder.insertMessage(sessionOf(run.name), {
    generation: run.generation,
    role: Role.TOOL,
    run: run.name,
    parts: [create(PartSchema, { kind: { case: "toolResult", value } })],
  });
}

/** For every open call, a failure that says why nothing came. */
export async function closingAnswers(messages: MessageReader, run: Run, why: string): Promise<ToolAnswer[]> {
  const text = `no result: ${why}. Whether the tool did anything is unknown.`;
  return (await findOpenToolUses(messages, run)).map((use) => ({ use, text, failed: true }));
}

function bounded(output: string): string {
  const text = output.toWellFormed();
  const bytes = Buffer.from(text);
  if (bytes.length <= maxResultBytes) return text;
  let end = maxResultBytes;
  while (isInsideCharacter(bytes, end)) end -= 1;
  return `${bytes.toString("utf8", 0, end)}\n[cut: ${bytes.length - end} more bytes]`;
}

function isInsideCharacter(bytes: Buffer, index: number): boolean {
  return ((bytes[index] ?? 0) & 0xc0) === 0x80;
}
