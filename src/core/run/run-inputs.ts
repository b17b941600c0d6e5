/** The messages a run answers, and which of them the agent has not seen yet. */

import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { MessageReader } from "../message/message-table.ts";
import type { Recorder } from "../recorder.ts";

/** Inputs that still wait, in the order they were written. They are the last ones: an agent sees inputs in order. */
export async function pendingInputs(messages: MessageReader, run: Run): Promise<Message[]> {
  const pending: Message[] = [];
  for (const name of run.inputs.toReversed()) {
    const message = await messages.find(name);
    if (message !== undefined && !message.pending) break;
    if (message !== undefined) pending.unshift(message);
  }
  return pending;
}

/** Waiting inputs get their places in the transcript; with `withdrawn`, as ones no agent will ever see. */
export async function placeInputs(recorder: Recorder, run: Run, withdrawn: boolean): Promise<Message[]> {
  const placed: Message[] = [];
  for (const message of await pendingInputs(recorder.tables.messages, run)) {
    placed.push(await recorder.placeMessage(message, withdrawn));
  }
  return placed;
}
