/** The state machine of a run: start and end, each as one step of a transaction. */

import { durationMs, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import {
  type Run,
  Run_State as State,
  type Run_StopReason as StopReason,
} from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { type Failure, notFound } from "../errors.ts";
import { sessionOf } from "../names.ts";
import { patch, type Recorder } from "../recorder.ts";
import type { ReadTables, WriteTables } from "../store.ts";
import type { RunEffects } from "./run-effects.ts";
import { toRunError } from "./run-failure.ts";
import { placeInputs } from "./run-inputs.ts";
import { recordToolCall } from "./run-outputs.ts";
import { isActive, waitsStill } from "./run-state.ts";
import type { RunRecord } from "./run-table.ts";
import { closingAnswers, insertToolResult } from "./tool-results.ts";

/** How a run ends. */
export interface Ending {
  readonly state: typeof State.SUCCEEDED | typeof State.FAILED | typeof State.CANCELLED;
  /** Why, unless it succeeded. */
  readonly failure?: Failure;
  readonly stopReason?: StopReason;
  /** What was said but not committed; kept as a truncated message. */
  readonly partial?: Pick<Message, "parts" | "draft">;
  /** True when messages no agent has seen are never to be seen: somebody cancelled them. */
  readonly withdraw?: boolean;
  /** Changes of the session that belong to the same step: messages counted, context read. */
  readonly session?: Partial<
    Pick<Session, "messageCount" | "contextTokens" | "activeTime" | "compactedPosition" | "summary">
  >;
}

/** The session a run belongs to. Fails when it is gone. */
export async function getSession(tables: Pick<ReadTables, "sessions">, name: string): Promise<Session> {
  const session = await tables.sessions.find(name);
  if (session === undefined) throw notFound(name);
  return session;
}

/** The run when it is still worked on under this epoch, otherwise undefined: whoever asks has been fenced. */
export async function findFenced(tables: WriteTables, name: string, epoch: number): Promise<RunRecord | undefined> {
  const record = await tables.runs.find(name);
  return record !== undefined && record.epoch === epoch && isActive(record.run) ? record : undefined;
}

/** Work on a queued run begins: its messages get their places. A slot must have been taken. */
async function startRun(recorder: Recorder, effects: RunEffects, queued: RunRecord): Promise<RunRecord> {
  await placeInputs(recorder, queued.run, false);
  const session = await getSession(recorder.tables, sessionOf(queued.run.name));
  const model = modelOf(queued.run, session, effects.defaultModel);
  const record = await recorder.updateRun(started(queued, recorder.nowMs, model));
  await recorder.updateSession(session, {
    activeRun: record.run.name,
    queuedRunCount: Math.max(0, session.queuedRunCount - 1),
  });
  effects.show({ kind: "run", run: record.run });
  effects.launch(record);
  return record;
}

/** The record of a run on which work begins, with the model that is asked first. */
export function started(record: RunRecord, nowMs: number, model: string): RunRecord {
  const run = patch(record.run, { state: State.RUNNING, startTime: timestampFromMs(nowMs), attempt: 1, model });
  return { ...record, run, epoch: record.epoch + 1, collecting: false, inputBytes: 0 };
}

/** The model a run asks first: its own, its session's, or the agent's. */
export function modelOf(run: Run, session: Session, defaultModel: string): string {
  return run.settings?.model ?? session.settings?.model ?? defaultModel;
}

/** Starts the session's next queued run if nothing is active, it is due, and there is a slot; else leaves it waiting. */
export async function startNext(recorder: Recorder, effects: RunEffects, options: NextOptions): Promise<void> {
  const { session, handover } = options;
  const { runs } = recorder.tables;
  if ((await runs.findActive(session)) !== undefined) return;
  const [next] = await runs.listQueued(session);
  if (next === undefined) return;
  if (waitsStill(next, recorder.nowMs) || !effects.takeSlot(handover)) {
    effects.wait(session, next.readyTimeMs);
    return;
  }
  await startRun(recorder, effects, next);
}

/** Where the next run is looked for, and whether it may take the place of one that is just ending. */
export interface NextOptions {
  readonly session: string;
  readonly handover: boolean;
}

/**
 * Ends a run that has not ended: keeps what was said, answers open tool calls, settles the messages it had not seen.
 * Tells watchers, does not start the next one.
 */
export async function endRun(
  recorder: Recorder,
  effects: RunEffects,
  { record, ending }: { record: RunRecord; ending: Ending },
): Promise<RunRecord> {
  const { run } = record;
  const wasQueued = run.state === State.QUEUED;
  const kept =
    wasQueued || ending.state === State.SUCCEEDED ? [] : await keepOutputs(recorder, effects, { record, ending });
  await placeInputs(recorder, run, ending.withdraw === true);
  const ended = await recorder.updateRun({
    ...record,
    run: patch(run, {
      state: ending.state,
      endTime: timestampFromMs(recorder.nowMs),
      outputs: [...run.outputs, ...kept.map((message) => message.name)],
      ...(ending.failure === undefined ? {} : { error: toRunError(ending.failure) }),
      ...(ending.stopReason === undefined ? {} : { stopReason: ending.stopReason }),
    }),
  });
  const session = await getSession(recorder.tables, sessionOf(run.name));
  await recorder.updateSession(session, {
    messageCount: session.messageCount + kept.length,
    ...ending.session,
    activeRun: session.activeRun === run.name ? "" : session.activeRun,
    queuedRunCount: Math.max(0, session.queuedRunCount - (wasQueued ? 1 : 0)),
  });
  await effects.listener.ended(recorder, ended.run);
  for (const message of kept) effects.show({ kind: "output", run: run.name, message });
  effects.show({ kind: "end", run: ended.run });
  return ended;
}

/** Milliseconds a run may still take. */
export function remainingMs(run: Run, nowMs: number): number {
  const startMs = run.startTime === undefined ? nowMs : timestampMs(run.startTime);
  const timeoutMs = run.timeout === undefined ? Number.POSITIVE_INFINITY : durationMs(run.timeout);
  return Math.max(0, startMs + timeoutMs - nowMs);
}

async function keepOutputs(
  recorder: Recorder,
  effects: RunEffects,
  { record, ending }: { record: RunRecord; ending: Ending },
): Promise<Message[]> {
  const { run } = record;
  const kept: Message[] = [];
  for (const answer of await closingAnswers(
    recorder.tables.messages,
    run,
    ending.failure?.message ?? "the run ended",
  )) {
    kept.push(await insertToolResult(recorder, run, answer));
    await recordToolCall(recorder, effects, { run, use: answer.use, answer });
  }
  const { partial } = ending;
  if (partial === undefined || partial.parts.length === 0) return kept;
  if (await isCommitted(recorder.tables, run, partial.draft)) return kept;
  const content = { ...partial, generation: run.generation, role: Role.ASSISTANT, run: run.name, truncated: true };
  return [...kept, await recorder.insertMessage(sessionOf(run.name), content)];
}

/** True when the draft became a message already: its commit was quicker than whoever ends the run. */
async function isCommitted(tables: WriteTables, run: Run, draft: number): Promise<boolean> {
  for (const name of run.outputs.slice(-16)) {
    if ((await tables.messages.find(name))?.draft === draft) return true;
  }
  return false;
}
