/** Sums tokens over ended runs. */

import { create } from "@bufbuild/protobuf";
import { type UsageRow, UsageRowSchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { invalidField } from "../errors.ts";
import type { Store } from "../store.ts";
import type { RunUsage } from "./run-table.ts";

const maxRows = 1_000;
const defaultWindowMs = 30 * 86_400_000;
const groupings = ["day", "model", "agent", "session"] as const;

/** A window, and what to group by. */
export interface UsageRequest {
  /** Undefined means 30 days before the end. */
  readonly startMs: number | undefined;
  /** Undefined means now. */
  readonly endMs: number | undefined;
  /** IANA zone; empty means UTC. */
  readonly timeZone: string;
  /** "day" when empty. */
  readonly groupBy: string;
}

/** One row a group, by group name. Fails with FIELD_INVALID for an unknown zone or grouping, or an empty window. */
export async function sumUsage(store: Store, request: UsageRequest, nowMs: number): Promise<UsageRow[]> {
  const endMs = request.endMs ?? nowMs;
  const startMs = request.startMs ?? endMs - defaultWindowMs;
  if (startMs >= endMs) throw invalidField("start_time", "is not before end_time");
  const groupOf = grouping(request.groupBy || "day", request.timeZone || "UTC");
  const rows = new Map<string, UsageRow>();
  await store.read(({ runs }) =>
    runs.eachUsage(startMs, endMs, (usage) => {
      const group = groupOf(usage);
      const row = rows.get(group) ?? create(UsageRowSchema, { group });
      rows.set(group, row);
      row.inputTokens += BigInt(usage.inputTokens);
      row.outputTokens += BigInt(usage.outputTokens);
      row.cachedTokens += BigInt(usage.cachedTokens);
      row.runs += 1;
    }),
  );
  return [...rows.values()].sort((a, b) => (a.group < b.group ? -1 : 1)).slice(0, maxRows);
}

function grouping(by: string, timeZone: string): (usage: RunUsage) => string {
  if (by === "model" || by === "agent" || by === "session") return (usage) => usage[by];
  if (by !== "day") throw invalidField("group_by", `"${by}" is none of ${groupings.join(", ")}`);
  const format = dayFormat(timeZone);
  return (usage) => format.format(usage.endTimeMs);
}

/** Swedish writes dates as ISO 8601 does. */
function dayFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  } catch {
    throw invalidField("time_zone", `"${timeZone}" is no IANA time zone; write e.g. Europe/Berlin`);
  }
}
