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

/** Longest text of a tool result, in UTF-16 units. */
const maxResultLength = 65_536;

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

/** Answers every open call with a failure that says why nothing came. */
export async function closeToolCalls(recorder: Recorder, run: Run, why: string): Promise<Message[]> {
  const closed: Message[] = [];
  for (const use of await findOpenToolUses(recorder.tables.messages, run)) {
    const text = `no result: ${why}. Whether the tool did anything is unknown.`;
    closed.push(await insertToolResult(recorder, run, { use, text, failed: true }));
  }
  return closed;
}

function bounded(text: string): string {
  if (text.length <= maxResultLength) return text;
  return `${text.slice(0, maxResultLength)}\n[cut: ${text.length - maxResultLength} more characters]`;
}
