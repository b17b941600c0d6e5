/** Asking for a compaction: a run that waits for its turn in the session. */

import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Run,
  RunSchema,
  Run_State as State,
  Run_Trigger as Trigger,
} from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { CompactionSettings } from "../../core-settings.ts";
import { invalidField } from "../../errors.ts";
import type { Recorder } from "../../recorder.ts";
import { getSession } from "../run-transitions.ts";

/** Longest instructions, in UTF-16 units. */
export const maxInstructions = 2_000;

/** What is wanted, and by whom. */
export interface CompactionOrder {
  /** What to pay attention to; may be empty. */
  readonly instructions: string;
  /** True when nobody asked for it. It is done before anything else that waits. */
  readonly automatic: boolean;
  /** Principal that asked for it. */
  readonly creator: string;
  readonly settings: CompactionSettings;
}

/**
 * Adds the run; the caller starts it with `startNext` when it can start. One that waits or is at work already is returned
 * instead: two in a row would do nothing more. Fails with NOT_FOUND, and with FIELD_INVALID for instructions that are too long.
 */
export async function orderCompaction(recorder: Recorder, name: string, order: CompactionOrder): Promise<Run> {
  const { instructions, automatic, creator, settings } = order;
  if (instructions.length > maxInstructions) {
    throw invalidField("instructions", `is longer than ${maxInstructions} characters; say only what matters most`);
  }
  const session = await getSession(recorder.tables, name);
  const queued = await recorder.tables.runs.listQueued(name);
  const active = await recorder.tables.runs.findActive(name);
  const known = [active, ...queued].find((record) => sameOrder(record?.run, order));
  if (known !== undefined) return known.run;
  const { run } = await recorder.insertRun({
    run: create(RunSchema, {
      name: `${name}/runs/${recorder.newId()}`,
      state: State.QUEUED,
      trigger: Trigger.SYSTEM,
      agent: session.agent,
      createTime: timestampFromMs(recorder.nowMs),
      generation: session.generation,
      timeout: durationFromMs(settings.timeoutMs),
      creator,
      compaction: { instructions, automatic },
      ...(settings.model === undefined ? {} : { settings: { model: settings.model } }),
    }),
    epoch: 0,
    rank: automatic ? Math.min(1, ...queued.map(({ rank }) => rank)) - 1 : 1,
    readyTimeMs: 0,
    inputBytes: 0,
    collecting: false,
  });
  await recorder.updateSession(session, { queuedRunCount: session.queuedRunCount + 1 });
  return run;
}

function sameOrder(run: Run | undefined, { instructions }: CompactionOrder): boolean {
  return run?.compaction !== undefined && (instructions === "" || run.compaction.instructions === instructions);
}
