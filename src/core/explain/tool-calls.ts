/** The tool calls of a run, as its transcript tells them. */

import type { Message, ToolResult, ToolUse } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run, ToolCall } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { describeToolCall } from "../run/live/tool-call.ts";

/** In the order they were asked for; those without an answer are STARTED. */
export function toolCallsOf(run: Run, outputs: readonly Message[]): ToolCall[] {
  const uses: ToolUse[] = [];
  const results = new Map<string, ToolResult>();
  for (const { kind } of outputs.flatMap((message) => message.parts)) {
    if (kind.case === "toolUse") uses.push(kind.value);
    if (kind.case === "toolResult") results.set(kind.value.callId, kind.value);
  }
  return uses.map((use) => {
    const answer = results.get(use.callId);
    return describeToolCall(answer === undefined ? { run, use } : { run, use, answer });
  });
}
