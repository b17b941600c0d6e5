/** Reads why a run failed. */

import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { type ErrorInfo, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import type { Run } from "../../gen/openclaw/gateway/v1/run_pb.ts";

/** The ErrorInfo of Run.error. */
export function errorInfoOf(run: Run): ErrorInfo | undefined {
  const [detail] = run.error?.details ?? [];
  return detail === undefined ? undefined : anyUnpack(detail, ErrorInfoSchema);
}

/** The reason in Run.error; empty when the run did not fail. */
export function reasonOf(run: Run): string {
  return errorInfoOf(run)?.reason ?? "";
}
