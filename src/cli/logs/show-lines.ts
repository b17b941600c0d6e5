/** Lines of a log as a command shows them. */

import { toJson } from "@bufbuild/protobuf";
import type { TailLogsResponse } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { LogRecordSchema } from "../../../gen/openclaw/gateway/v1/log_pb.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { prettyRecord, recordOf } from "./record-view.ts";

/** Shows them, and how many are missing before them. */
export function showLines(
  terminal: Terminal,
  { records, dropped }: Pick<TailLogsResponse, "records" | "dropped">,
): void {
  if (dropped > 0n) {
    if (terminal.json) terminal.record({ dropped: Number(dropped) });
    else terminal.note(terminal.errorColors.yellow(`${dropped} lines are missing: they came too fast, or are gone`));
  }
  for (const record of records) {
    if (terminal.json) terminal.record(toJson(LogRecordSchema, record));
    else terminal.line(prettyRecord(recordOf(record), terminal.colors));
  }
}
