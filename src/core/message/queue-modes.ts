/** What a message does when its session is busy: join the active run, join one that waits, or take over. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { queueFull } from "../errors.ts";
import { patch, type Recorder } from "../recorder.ts";
import type { LiveRun } from "../run/live/live-run.ts";
import type { RunEffects } from "../run/run-effects.ts";
import { runCancelled } from "../run/run-failure.ts";
import { pendingInputs } from "../run/run-inputs.ts";
import type { RunRecord } from "../run/run-table.ts";
import { endRun, getSession } from "../run/run-transitions.ts";
import type { Accepted, Input } from "./input.ts";
import { addInput, type Busy, checkRoom, interactionOf, sizeOf } from "./new-run.ts";

/** A message that joins a run. */
export interface Join {
  readonly input: Input;
  readonly busy: Busy;
  readonly run: RunRecord;
}

/** Hands the message to the active run, which sees it before its next model call. Fails with QUEUE_FULL. */
export async function steer(recorder: Recorder, effects: RunEffects, { input, busy, run }: Join): Promise<Accepted> {
  const waiting = await pendingInputs(recorder.tables.messages, run.run);
  const { cap, maxBytes } = busy.queue;
  if (waiting.length >= cap) throw queueFull(busy.session.name, `${cap} messages`);
  if (run.inputBytes + sizeOf(input.parts) > maxBytes) throw queueFull(busy.session.name, `${maxBytes} bytes`);
  const accepted = await join(recorder, { input, busy, run }, {});
  effects.show({ kind: "run", run: accepted.run });
  return { ...accepted, disposition: "steered" };
}

/** Adds the message to a collecting run that waits; its start is put off once more. Fails with QUEUE_FULL. */
export async function joinWaiting(
  recorder: Recorder,
  effects: RunEffects,
  { input, busy, run }: Join,
): Promise<Accepted> {
  checkRoom(busy, input);
  const readyTimeMs = recorder.nowMs + busy.queue.debounceMs;
  const accepted = await join(recorder, { input, busy, run }, { readyTimeMs });
  effects.show({ kind: "run", run: accepted.run });
  effects.wait(busy.session.name, readyTimeMs);
  return { ...accepted, disposition: "collected" };
}

/** The run that takes over, and what is known of the one that gives way. */
export interface TakeOver {
  readonly busy: Busy;
  readonly live: LiveRun | undefined;
  /** Name of the run that takes over. */
  readonly cause: string;
}

/** Cancels the active run in favour of a newer message; what it had said stays. Returns what the session is busy with then. */
export async function takeOver(
  recorder: Recorder,
  effects: RunEffects,
  { busy, live, cause }: TakeOver,
): Promise<Busy> {
  if (busy.active === undefined) return busy;
  const partial = live === undefined ? undefined : { parts: live.uncommittedParts(), draft: live.draft };
  const failure = runCancelled("interrupted by a newer message");
  const record = { ...busy.active, run: patch(busy.active.run, { cause }) };
  await endRun(recorder, effects, { record, ending: { state: State.CANCELLED, failure, partial } });
  return { ...busy, active: undefined, session: await getSession(recorder.tables, busy.session.name) };
}

async function join(
  recorder: Recorder,
  { input, busy, run }: Join,
  changes: Partial<RunRecord>,
): Promise<Omit<Accepted, "disposition">> {
  const { session } = busy;
  const message = await addInput(recorder, { input, session, run: run.run.name, pending: true });
  const record = await recorder.updateRun({
    ...run,
    ...changes,
    run: patch(run.run, { inputs: [...run.run.inputs, message.name] }),
    inputBytes: run.inputBytes + sizeOf(input.parts),
  });
  await recorder.updateSession(session, {
    messageCount: session.messageCount + 1,
    activeTime: timestampFromMs(recorder.nowMs),
    ...interactionOf(input, recorder.nowMs),
  });
  return { run: record.run, message: message.name, sequence: await recorder.sequence() };
}
