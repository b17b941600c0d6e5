/** What happens at the start to runs that had not ended: queued ones wait again, interrupted ones go on or fail by name. */

import { durationMs } from "@bufbuild/protobuf/wkt";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Log } from "../../lib/log.ts";
import { type Changes, gatewayActor } from "../changes.ts";
import type { RunLimits } from "../core-settings.ts";
import { sessionOf } from "../names.ts";
import { patch, type Recorder } from "../recorder.ts";
import type { Store } from "../store.ts";
import type { RunDispatcher } from "./run-dispatcher.ts";
import { RunEffects, type RunListener } from "./run-effects.ts";
import { runInterrupted, runTimeout } from "./run-failure.ts";
import { isActive } from "./run-state.ts";
import type { RunRecord } from "./run-table.ts";
import { endRun, remainingMs } from "./run-transitions.ts";

/** What recovery is built from. */
export interface RecoveryParts {
  readonly store: Store;
  readonly changes: Changes;
  readonly dispatcher: RunDispatcher;
  readonly limits: RunLimits;
  readonly log: Log;
}

/**
 * Takes up every run that had not ended. The store has one owner, so a run found RUNNING has no worker: its epoch is raised,
 * which fences whatever the last process may still try, and it goes on from its last committed step, at most `maxAttempts`
 * times in all.
 */
export async function recoverRuns({ store, changes, dispatcher, limits, log }: RecoveryParts): Promise<void> {
  const unfinished = await store.read(({ runs }) => runs.listUnfinished());
  const interrupted = unfinished.filter((record) => isActive(record.run));
  const queued = unfinished.filter(({ run }) => run.state === State.QUEUED);
  const waiting = new Set(queued.map(({ run }) => sessionOf(run.name)));
  const resumed: RunRecord[] = [];
  for (const record of interrupted) {
    const next = await changes.transact(gatewayActor, (recorder) =>
      takeUp(recorder, record, { limits, listener: dispatcher.listener }),
    );
    if (next === undefined) log.warn({ run: record.run.name }, "an interrupted run was given up");
    else resumed.push(next);
  }
  if (unfinished.length > 0) log.info({ resumed: resumed.length, waiting: waiting.size }, "took up unfinished runs");
  dispatcher.start(resumed, waiting);
}

async function takeUp(
  recorder: Recorder,
  record: RunRecord,
  { limits, listener }: { readonly limits: RunLimits; readonly listener: RunListener },
): Promise<RunRecord | undefined> {
  const { run } = record;
  const late = remainingMs(run, recorder.nowMs) === 0;
  if (run.attempt < limits.maxAttempts && !late) {
    return recorder.updateRun({ ...record, epoch: record.epoch + 1, run: patch(run, { attempt: run.attempt + 1 }) });
  }
  const effects = new RunEffects({ take: () => false, release: () => {} }, "", listener);
  const failure = late
    ? runTimeout(run.timeout === undefined ? 0 : durationMs(run.timeout))
    : runInterrupted(run.attempt);
  await endRun(recorder, effects, { record, ending: { state: State.FAILED, failure } });
  return undefined;
}
