/** Questions about runs that need no store. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Run, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { pauseLeftMs } from "../../lib/clock.ts";
import type { RunRecord } from "./run-table.ts";

/** Names, times and numbers of a run, and of each message it names. */
const frameBytes = 1_024;
const nameBytes = 96;

/** True for SUCCEEDED, FAILED and CANCELLED: states that never change. */
export function isEnded(run: Run): boolean {
  return run.state === State.SUCCEEDED || run.state === State.FAILED || run.state === State.CANCELLED;
}

/** How large a run is, near enough to bound pages, batches and memory: what grows are the names of its messages. */
export function runBytes({ inputs, outputs }: Run): number {
  return frameBytes + nameBytes * (inputs.length + outputs.length);
}

/** True while somebody works on the run. */
export function isActive(run: Run): boolean {
  return run.state === State.RUNNING || run.state === State.BLOCKED;
}

/** True while a queued run waits for more input; set back, the clock may be before the run was made. */
export function waitsStill({ run, readyTimeMs }: RunRecord, nowMs: number): boolean {
  const sinceMs = run.createTime === undefined ? 0 : timestampMs(run.createTime);
  return pauseLeftMs({ sinceMs, untilMs: readyTimeMs }, nowMs) > 0;
}
