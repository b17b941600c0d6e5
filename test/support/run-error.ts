/** Reads why a run failed. */

import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { Run } from "../../gen/openclaw/gateway/v1/run_pb.ts";

/** The reason in Run.error as people read it, "RUN_TIMEOUT"; empty when the run did not fail. */
export function reasonOf(run: Run): string {
  const reason = run.error?.reason;
  return Object.entries(ErrorReason).find(([, value]) => value === reason)?.[0] ?? "";
}
