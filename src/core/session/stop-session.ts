/** Cancelling runs: one, or all that a session has. */

import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Recorder } from "../recorder.ts";
import type { LiveRuns } from "../run/live/live-runs.ts";
import type { RunEffects } from "../run/run-effects.ts";
import { runCancelled } from "../run/run-failure.ts";
import type { RunRecord } from "../run/run-table.ts";
import { endRun } from "../run/run-transitions.ts";

/** What is cancelled, and why, in words. */
export interface Cancellation {
  readonly record: RunRecord;
  readonly liveRuns: LiveRuns;
  readonly reason: string;
}

/** Ends a run that has not ended; what it had said is kept. Does not start the next one. */
export function cancelRun(
  recorder: Recorder,
  effects: RunEffects,
  { record, liveRuns, reason }: Cancellation,
): Promise<RunRecord> {
  const live = liveRuns.find(record.run.name);
  const partial = live === undefined ? undefined : { parts: live.uncommittedParts(), draft: live.draft };
  const failure = runCancelled(reason);
  return endRun(recorder, effects, {
    record,
    ending: { state: State.CANCELLED, failure, partial, withdraw: true },
  });
}

/** Cancels everything a session is at or has waiting, what waits first. Returns how many runs that were. */
export async function stopSession(
  recorder: Recorder,
  effects: RunEffects,
  { session, ...why }: Omit<Cancellation, "record"> & { readonly session: string },
): Promise<number> {
  const { runs } = recorder.tables;
  const records = await runs.listQueued(session);
  const active = await runs.findActive(session);
  if (active !== undefined) records.push(active);
  for (const record of records) await cancelRun(recorder, effects, { record, ...why });
  return records.length;
}
