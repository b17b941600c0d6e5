/** GatewayService.TailLogs: the log over the wire. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type TailLogsRequest,
  type TailLogsResponse,
  TailLogsResponseSchema,
} from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { LogRecordSchema, type LogRecord as WireRecord } from "../../../gen/openclaw/gateway/v1/log_pb.ts";
import { invalidField } from "../../core/errors.ts";
import { crashComponent, type LogRecord, numberOfPlace, placeAfter } from "../../lib/log/log-record.ts";
import type { LogTail } from "../../lib/log/log-tail.ts";
import { readBackwards } from "../../lib/log/read-log.ts";
import { isWanted, newestWanted, type RecordFilter } from "../../lib/log/record-filter.ts";
import type { Redactor } from "../../lib/log/redactor.ts";
import { lineLevels } from "../../lib/log.ts";

/** Where lines come from. */
export interface LogSource {
  /** The newest ones. */
  readonly tail: LogTail;
  /** The files with all that are kept, newest first. */
  files(): readonly string[];
  readonly redactor: Redactor;
}

const maxBacklog = 5_000;
const batchSize = 100;
const heartbeatMs = 15_000;

/** How much of the files is looked at for lines that match. */
const maxReadBytes = 67_108_864;

/** Streams lines as the request wants them. Fails with FIELD_INVALID. */
export async function* tailLogs(
  source: LogSource,
  request: TailLogsRequest,
  { signal }: Pick<HandlerContext, "signal">,
): AsyncGenerator<TailLogsResponse, void, undefined> {
  const { tail, redactor } = source;
  const filter = filterOf(request);
  const after = request.cursor === "" ? 0 : numberOf(request.cursor, tail.head);
  const limit = limitOf(request);
  let position = tail.head;
  const sources = [tail.newestFirst(), readBackwards(source.files(), maxReadBytes)];
  const { records, more } = limit === 0 ? none : await newestWanted(sources, filter, { limit, after });
  // Lines of a resumed stream that do not fit are lost to its reader; how many were meant for it, nobody counted.
  let dropped = more && request.cursor !== "" ? Math.max(1, (records[0]?.n ?? 0) - after - 1) : 0;
  for (let start = 0; start === 0 || start < records.length; start += batchSize) {
    const batch = records.slice(start, start + batchSize);
    const last = start + batchSize >= records.length ? position : (batch.at(-1)?.n ?? position);
    yield frame(batch, { dropped, position: last, redactor });
    dropped = 0;
  }
  while (request.follow) {
    if (tail.head === position) {
      if ((await tail.changed.wait(heartbeatMs, signal)) === "aborted") break;
      if (tail.head === position) yield frame([], { dropped: 0, position, redactor });
      continue;
    }
    dropped += Math.max(0, tail.oldest - position - 1);
    const next = tail.readAfter(position, batchSize);
    position = next.at(-1)?.n ?? tail.head;
    const wanted = next.filter((record) => isWanted(record, filter));
    if (wanted.length === 0 && dropped === 0) continue;
    yield frame(wanted, { dropped, position, redactor });
    dropped = 0;
  }
  signal.throwIfAborted();
}

const none = { records: [], more: false };

function filterOf({ minLevel, components, since }: TailLogsRequest): RecordFilter {
  const level = lineLevels.find((one) => one === minLevel);
  if (minLevel !== "" && level === undefined) {
    throw invalidField("min_level", `"${minLevel}" is none of ${lineLevels.join(", ")}`);
  }
  return { minLevel: level, components, sinceMs: since === undefined ? undefined : timestampMs(since) };
}

function limitOf({ backlog, since, cursor }: TailLogsRequest): number {
  if (backlog < 0) throw invalidField("backlog", "is less than nothing");
  if (backlog > 0) return Math.min(backlog, maxBacklog);
  return since !== undefined || cursor !== "" ? maxBacklog : 0;
}

/** The log was begun anew when it has not come so far: then all of it is new to the reader. */
function numberOf(cursor: string, head: number): number {
  const n = numberOfPlace(cursor);
  if (n === undefined) throw invalidField("cursor", "is none of this method; leave it out");
  return n > head ? 0 : n;
}

interface FrameParts {
  readonly dropped: number;
  readonly position: number;
  readonly redactor: Redactor;
}

function frame(records: readonly LogRecord[], { dropped, position, redactor }: FrameParts): TailLogsResponse {
  return create(TailLogsResponseSchema, {
    records: records.map((record) => wireRecord(record, redactor)),
    dropped: BigInt(dropped),
    cursor: placeAfter(position),
  });
}

/** What a crash left went past the log and may hold anything. */
function wireRecord({ time, level, component, message, fields }: LogRecord, redactor: Redactor): WireRecord {
  const moment = Date.parse(time);
  return create(LogRecordSchema, {
    ...(Number.isNaN(moment) ? {} : { time: timestampFromMs(moment) }),
    level,
    component,
    message: component === crashComponent ? redactor.text(message).slice(0, 8_192) : message,
    attributes: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, attributeText(value)])),
  });
}

function attributeText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
