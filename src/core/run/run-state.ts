/** Questions about runs that need no store. */

import { type Run, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";

/** True for SUCCEEDED, FAILED and CANCELLED: states that never change. */
export function isEnded(run: Run): boolean {
  return run.state === State.SUCCEEDED || run.state === State.FAILED || run.state === State.CANCELLED;
}

/** True while somebody works on the run. */
export function isActive(run: Run): boolean {
  return run.state === State.RUNNING || run.state === State.BLOCKED;
}
