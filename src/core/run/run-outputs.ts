/** The pieces of a step: what a model or tool said, as messages, counts and frames for watchers. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Event_Change as Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, UsageSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { Answer } from "../agent/model-answer.ts";
import { sessionOf } from "../names.ts";
import { patch, type Recorder } from "../recorder.ts";
import { describeToolCall, type ToolCallStep } from "./live/tool-call.ts";
import type { RunEffects } from "./run-effects.ts";
import type { RunRecord } from "./run-table.ts";

/** Adds a model's answer to the transcript. */
export function insertAnswer(recorder: Recorder, run: Run, answer: Answer): Promise<Message> {
  return recorder.insertMessage(sessionOf(run.name), {
    generation: run.generation,
    role: Role.ASSISTANT,
    parts: [...answer.parts],
    run: run.name,
    draft: answer.draft,
  });
}

/** The run after a model answered: who answered, what it used, what it said. */
export function withAnswer(run: Run, answer: Answer, outputs: readonly Message[]): Run {
  const { usage } = answer;
  return patch(run, {
    model: answer.model,
    outputs: [...run.outputs, ...outputs.map((message) => message.name)],
    usage: create(UsageSchema, {
      inputTokens: (run.usage?.inputTokens ?? 0n) + usage.inputTokens,
      outputTokens: (run.usage?.outputTokens ?? 0n) + usage.outputTokens,
      cachedTokens: (run.usage?.cachedTokens ?? 0n) + usage.cachedTokens,
    }),
  });
}

/** Changes of a session after a model answered. */
export function afterAnswer(session: Session, answer: Answer, counted: { added: number; nowMs: number }) {
  return {
    messageCount: session.messageCount + counted.added,
    contextTokens: answer.usage.inputTokens + answer.usage.outputTokens,
    activeTime: timestampFromMs(counted.nowMs),
  };
}

/** Keeps a run that goes on, and shows it. */
export async function keepRun(recorder: Recorder, effects: RunEffects, record: RunRecord): Promise<void> {
  await recorder.updateRun(record);
  effects.show({ kind: "run", run: record.run });
}

/** Bytes of input that still wait after some messages took their places: all of them do at once. */
export function leftBytes(record: RunRecord, placed: readonly Message[]): number {
  return placed.length === 0 ? record.inputBytes : 0;
}

/** What a step added, for watchers. */
export interface StepFrames {
  readonly outputs: readonly Message[];
  readonly placed: readonly Message[];
}

/** Shows what a step added. */
export function showStep(effects: RunEffects, run: Run, { outputs, placed }: StepFrames): void {
  for (const message of outputs) effects.show({ kind: "output", run: run.name, message });
  for (const message of placed) effects.show({ kind: "input", run: run.name, message });
}

/** Records that a tool call began or ended, and shows it. */
export async function recordToolCall(recorder: Recorder, effects: RunEffects, step: ToolCallStep): Promise<void> {
  const toolCall = describeToolCall(step);
  await recorder.recordToolCall(step.answer === undefined ? Change.CREATED : Change.UPDATED, toolCall);
  effects.show({ kind: "toolCall", run: step.run.name, toolCall });
}
