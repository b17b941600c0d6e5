/** The commits of a compaction: the summary, its place in the session and the run that made it are one step. */

import { type Message, Message_Role as Role } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { FaultPoint } from "../../../lib/fault-point.ts";
import type { Answer } from "../../agent/model-answer.ts";
import { gatewayActor } from "../../changes.ts";
import { sessionOf } from "../../names.ts";
import { patch, type Recorder } from "../../recorder.ts";
import type { ActiveRun } from "../live/active-run.ts";
import type { RunDispatcher } from "../run-dispatcher.ts";
import { keepRun, showStep, withAnswer } from "../run-outputs.ts";
import { endRun, findFenced, getSession, startNext } from "../run-transitions.ts";
import type { Plan } from "./plan.ts";

/** A summary, and what it stands for. */
export interface Summed {
  readonly plan: Plan;
  readonly answer: Answer;
}

/** Commits summaries. Nothing is kept for a worker that no longer holds its run. */
export class SummaryCommits {
  readonly #dispatcher: RunDispatcher;
  readonly #faults: FaultPoint;

  constructor(dispatcher: RunDispatcher, faults: FaultPoint) {
    this.#dispatcher = dispatcher;
    this.#faults = faults;
  }

  /** Ends a run that compacts, with its summary; without one when nothing was to be summed up. */
  async end({ record: { run, epoch } }: ActiveRun, summed: Summed | undefined): Promise<void> {
    await this.#dispatcher.change(gatewayActor, async (recorder, effects) => {
      const record = await findFenced(recorder.tables, run.name, epoch);
      if (record === undefined) return;
      this.#faults("run.step");
      const kept = summed && (await insertSummary(recorder, run.name, summed));
      const outputs = kept === undefined ? [] : [kept.message];
      const next = summed === undefined ? record.run : withAnswer(record.run, summed.answer, outputs);
      showStep(effects, next, { outputs, placed: [] });
      const ending = { state: State.SUCCEEDED, stopReason: summed?.answer.stopReason, session: kept?.changes } as const;
      await endRun(recorder, effects, { record: { ...record, run: next }, ending });
      await startNext(recorder, effects, { session: sessionOf(run.name), handover: true });
    });
  }

  /** Keeps a summary a run needed to go on: no output of it, but its tokens are. False when the run was taken away. */
  keep({ record: { run, epoch } }: ActiveRun, summed: Summed): Promise<boolean> {
    return this.#dispatcher.change(gatewayActor, async (recorder, effects) => {
      const record = await findFenced(recorder.tables, run.name, epoch);
      if (record === undefined) return false;
      this.#faults("run.step");
      const { session, changes } = await insertSummary(recorder, run.name, summed);
      await recorder.updateSession(session, changes);
      const { usage } = withAnswer(record.run, summed.answer, []);
      await keepRun(recorder, effects, { ...record, run: patch(record.run, { usage }) });
      return true;
    });
  }
}

/** Adds the summary; the caller makes the changes of the session. */
async function insertSummary(
  recorder: Recorder,
  run: string,
  { plan, answer }: Summed,
): Promise<{ message: Message; session: Session; changes: Partial<Session> }> {
  const session = await getSession(recorder.tables, plan.session.name);
  const message = await recorder.insertMessage(session.name, {
    generation: plan.session.generation,
    role: Role.SYSTEM,
    parts: [...answer.parts],
    run,
    draft: answer.draft,
    compactedPosition: plan.position,
  });
  const messageCount = session.messageCount + 1;
  const changes = { messageCount, contextTokens: 0n, compactedPosition: plan.position, summary: message.name };
  return { message, session, changes };
}
