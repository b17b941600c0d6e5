/** Which run a message goes to: a new one, the active one, one that waits, or one that takes over. */

import type { QueueSettings } from "../core-settings.ts";
import { etagMismatch, sessionBusy } from "../errors.ts";
import type { Recorder } from "../recorder.ts";
import type { LiveRuns } from "../run/live/live-runs.ts";
import type { RunEffects } from "../run/run-effects.ts";
import { getSession } from "../run/run-transitions.ts";
import type { Accepted, Input } from "./input.ts";
import { addRun, newRunName } from "./new-run.ts";
import { chooseMode, findCollecting, findOwnCollecting, queueOf } from "./queue-choice.ts";
import { joinWaiting, steer, takeOver } from "./queue-modes.ts";

/** A message, and what decides where it goes. */
export interface Admission {
  readonly input: Input;
  readonly queue: QueueSettings;
  readonly liveRuns: LiveRuns;
}

/** Keeps the message and its run. Fails with NOT_FOUND, ETAG_MISMATCH, SESSION_BUSY (mode reject) or QUEUE_FULL. */
export async function admit(
  recorder: Recorder,
  effects: RunEffects,
  { input, queue: configured, liveRuns }: Admission,
): Promise<Accepted> {
  const session = await getSession(recorder.tables, input.session);
  if (input.sessionEtag !== "" && input.sessionEtag !== session.etag) throw etagMismatch(session.name, session.etag);
  const queue = queueOf(session, configured);
  const active = await recorder.tables.runs.findActive(session.name);
  const queued = session.queuedRunCount > 0 ? await recorder.tables.runs.listQueued(session.name) : [];
  const blocker = active ?? queued[0];
  const busy = { session, active, queued, queue };
  const collectMs = active === undefined ? input.source?.collectMs : undefined;
  if (collectMs !== undefined) {
    const patient = { ...busy, queue: { ...queue, debounceMs: collectMs } };
    const own = findOwnCollecting(input, busy);
    if (own !== undefined) return joinWaiting(recorder, effects, { input, busy: patient, run: own });
    if (collectMs > 0) return addRun(recorder, effects, { input, busy: patient, place: "collect" });
  }
  if (blocker === undefined) return addRun(recorder, effects, { input, busy, place: "now" });
  const mode = chooseMode(input, busy);
  if (mode === "reject") throw sessionBusy(session.name, blocker.run.name);
  if (mode === "interrupt") {
    const live = active === undefined ? undefined : liveRuns.find(active.run.name);
    const name = newRunName(recorder, session);
    const freed = await takeOver(recorder, effects, { busy, live, cause: name });
    return addRun(recorder, effects, { input, busy: freed, place: "front", name });
  }
  if (mode === "steer" && active !== undefined) return steer(recorder, effects, { input, busy, run: active });
  const waiter = mode === "collect" ? findCollecting(input, busy) : undefined;
  if (waiter !== undefined) return joinWaiting(recorder, effects, { input, busy, run: waiter });
  return addRun(recorder, effects, { input, busy, place: mode === "collect" ? "collect" : "back" });
}
