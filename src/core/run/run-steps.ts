/** The commits of a run's worker: each step of the work becomes durable here, and only for the worker that holds the run. */

import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { FaultPoint } from "../../lib/fault-point.ts";
import type { Answer } from "../agent/model-answer.ts";
import { gatewayActor } from "../changes.ts";
import { sessionOf } from "../names.ts";
import { patch, type Recorder } from "../recorder.ts";
import type { ActiveRun } from "./live/active-run.ts";
import type { RunDispatcher } from "./run-dispatcher.ts";
import type { RunEffects } from "./run-effects.ts";
import { pendingInputs, placeInputs } from "./run-inputs.ts";
import { afterAnswer, insertAnswer, keepRun, leftBytes, recordToolCall, showStep, withAnswer } from "./run-outputs.ts";
import type { RunRecord } from "./run-table.ts";
import { endRun, findFenced, getSession, startNext } from "./run-transitions.ts";
import { insertToolResult, type ToolAnswer, toolUsesOf } from "./tool-results.ts";

/** What a step added to the transcript. */
export interface CommittedStep {
  /** In transcript order: outputs, then messages that steer the run. */
  readonly messages: readonly Message[];
  /** True when the run is over. */
  readonly ended: boolean;
  /** True when somebody wrote meanwhile and the agent has not seen it. */
  readonly steered: boolean;
}

/** The result of a tool call, and whether it was the last one open. */
export interface ToolStep {
  readonly answer: ToolAnswer;
  readonly elapsedMs: number;
  readonly last: boolean;
}

/** Commits steps. Every method answers undefined when the worker no longer holds the run. */
export class RunSteps {
  readonly #dispatcher: RunDispatcher;
  readonly #faults: FaultPoint;

  constructor(dispatcher: RunDispatcher, faults: FaultPoint) {
    this.#dispatcher = dispatcher;
    this.#faults = faults;
  }

  /** What a model said: a message, tool calls to make, or the end of the run, and what is to be done right after that. */
  commitAnswer(
    active: ActiveRun,
    answer: Answer,
    after?: (recorder: Recorder, session: string) => Promise<unknown>,
  ): Promise<CommittedStep | undefined> {
    return this.#step(active, async (recorder, effects, record) => {
      const outputs = answer.parts.length === 0 ? [] : [await insertAnswer(recorder, record.run, answer)];
      const uses = outputs.flatMap(toolUsesOf);
      const placed = uses.length === 0 ? await placeInputs(recorder, record.run, false) : [];
      const next = { ...record, run: withAnswer(record.run, answer, outputs), inputBytes: leftBytes(record, placed) };
      showStep(effects, next.run, { outputs, placed });
      for (const message of outputs) await effects.listener.answered(recorder, next.run, message);
      const session = await getSession(recorder.tables, sessionOf(record.run.name));
      const counted = afterAnswer(session, answer, { added: outputs.length, nowMs: recorder.nowMs });
      const ended = uses.length === 0 && placed.length === 0;
      if (ended) {
        const ending = { state: State.SUCCEEDED, stopReason: answer.stopReason, session: counted } as const;
        await endRun(recorder, effects, { record: next, ending });
        await after?.(recorder, session.name);
        await startNext(recorder, effects, { session: session.name, handover: true });
      } else {
        await recorder.updateSession(session, counted);
        await keepRun(recorder, effects, next);
        for (const use of uses) await recordToolCall(recorder, effects, { run: next.run, use });
      }
      return { messages: [...outputs, ...placed], ended, steered: false };
    });
  }

  /** What a tool answered. After the last one, messages that came meanwhile take their places. */
  commitToolResult(active: ActiveRun, { answer, elapsedMs, last }: ToolStep): Promise<CommittedStep | undefined> {
    return this.#step(active, async (recorder, effects, record) => {
      const result = await insertToolResult(recorder, record.run, answer);
      const waiting = await pendingInputs(recorder.tables.messages, record.run);
      const placed = last ? await placeInputs(recorder, record.run, false) : [];
      const run = patch(record.run, { outputs: [...record.run.outputs, result.name] });
      await recordToolCall(recorder, effects, { run, use: answer.use, answer, elapsedMs });
      showStep(effects, run, { outputs: [result], placed });
      const session = await getSession(recorder.tables, sessionOf(run.name));
      await recorder.updateSession(session, { messageCount: session.messageCount + 1 });
      await keepRun(recorder, effects, { ...record, run, inputBytes: leftBytes(record, placed) });
      return { messages: [result, ...placed], ended: false, steered: waiting.length > 0 };
    });
  }

  #step(
    active: ActiveRun,
    work: (recorder: Recorder, effects: RunEffects, record: RunRecord) => Promise<CommittedStep>,
  ): Promise<CommittedStep | undefined> {
    const { run, epoch } = active.record;
    active.touch();
    return this.#dispatcher.change(gatewayActor, async (recorder, effects) => {
      const record = await findFenced(recorder.tables, run.name, epoch);
      if (record === undefined) return undefined;
      this.#faults("run.step");
      return work(recorder, effects, record);
    });
  }
}
