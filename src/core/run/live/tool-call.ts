/** Tool calls as watchers see them, while they happen and when a run is told again from its transcript. */

import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Message, ToolUse } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, type ToolCall, ToolCall_State, ToolCallSchema } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { MessageReader } from "../../message/message-table.ts";
import type { LiveRun } from "./live-run.ts";

const previewLength = 1_024;

/** A tool call of a run: begun, or with its answer. */
export interface ToolCallStep {
  readonly run: Run;
  readonly use: ToolUse;
  readonly answer?: { readonly failed: boolean; readonly text: string };
  /** How long it took; undefined when nobody remembers. */
  readonly elapsedMs?: number;
}

/** The call as a resource. */
export function describeToolCall({ run, use, answer, elapsedMs }: ToolCallStep): ToolCall {
  const name = `${run.name}/toolCalls/${encodeURIComponent(use.callId)}`;
  const base = { name, tool: use.tool, input: use.input };
  if (answer === undefined) return create(ToolCallSchema, { ...base, state: ToolCall_State.STARTED });
  return create(ToolCallSchema, {
    ...base,
    state: answer.failed ? ToolCall_State.FAILED : ToolCall_State.SUCCEEDED,
    outputPreview: answer.text.slice(0, previewLength).toWellFormed(),
    elapsed: elapsedMs === undefined ? undefined : durationFromMs(Math.round(elapsedMs)),
  });
}

/** The committed outputs of a run, in transcript order. */
export async function findOutputs(messages: MessageReader, run: Run): Promise<Message[]> {
  const outputs: Message[] = [];
  for (const name of run.outputs) {
    const message = await messages.find(name);
    if (message !== undefined) outputs.push(message);
  }
  return outputs;
}

/** Tells a run again from its committed outputs, in transcript order: each tool call as it ended, right before its result. */
export function replayOutputs(live: LiveRun, outputs: readonly Message[]): void {
  const uses = new Map<string, ToolUse>();
  for (const message of outputs) {
    for (const { kind } of message.parts) {
      if (kind.case === "toolUse") uses.set(kind.value.callId, kind.value);
      const use = kind.case === "toolResult" ? uses.get(kind.value.callId) : undefined;
      if (kind.case !== "toolResult" || use === undefined) continue;
      uses.delete(use.callId);
      live.addToolCall(describeToolCall({ run: live.run, use, answer: kind.value }));
    }
    live.addOutput(message);
  }
  for (const use of uses.values()) live.addToolCall(describeToolCall({ run: live.run, use }));
}
