/** A line of a log as people read it. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { LogRecordSchema, type LogRecord as WireRecord } from "../../../gen/openclaw/gateway/v1/log_pb.ts";
import type { LogRecord } from "../../lib/log/log-record.ts";
import { lineLevels } from "../../lib/log.ts";
import { unixMs } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";

/** Colours a text, or leaves it as it is. */
export interface Paint {
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const componentWidth = 8;

/** "12:41:16 warn  store     the disk is full  path=/…"; the stack of an error follows on lines of its own. */
export function prettyRecord(record: LogRecord, paint: Paint): string {
  const { time, level, component, message, fields } = record;
  const colour = level === "error" ? paint.red : level === "warn" ? paint.yellow : paint.dim;
  const stacks: string[] = [];
  const pairs = Object.entries(fields).map(([name, value]) => {
    const { text, stack } = fieldText(value);
    if (stack !== undefined) stacks.push(stack);
    return paint.dim(`${plainLine(name)}=${text}`);
  });
  const parts = [
    paint.dim(time === "" ? "        " : localTime(time)),
    colour(level.padEnd(5)),
    paint.cyan(plainLine(component).padEnd(componentWidth)),
    level === "debug" ? paint.dim(plainLine(message)) : plainLine(message),
    ...pairs,
  ];
  const lines = stacks.flatMap((stack) => stack.split("\n").map((line) => paint.dim(`    ${plainLine(line)}`)));
  return [parts.join("  ").trimEnd(), ...lines].join("\n");
}

/** The line as the gateway's own log has it. */
export function recordOf({ time, level, component, message, attributes }: WireRecord): LogRecord {
  return {
    n: 0,
    time: time === undefined ? "" : new Date(unixMs(time)).toISOString(),
    level: lineLevels.find((one) => one === level) ?? "info",
    component,
    message,
    fields: Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, dataOf(text)])),
  };
}

/** The line as the gateway sends it. */
export function wireRecord({ time, level, component, message, fields }: LogRecord): WireRecord {
  const texts = Object.entries(fields).map(([name, value]) => {
    return [name, typeof value === "string" ? value : (JSON.stringify(value) ?? "")] as const;
  });
  return create(LogRecordSchema, {
    ...(time === "" ? {} : { time: timestampFromMs(Date.parse(time)) }),
    level,
    component,
    message,
    attributes: Object.fromEntries(texts),
  });
}

/** Data comes as JSON. */
function dataOf(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fieldText(value: unknown): { text: string; stack?: string } {
  if (typeof value === "string") {
    const line = plainLine(value);
    return { text: line === "" || /[\s"=]/.test(line) ? JSON.stringify(line) : line };
  }
  if (isError(value)) {
    const { name, message, stack, ...rest } = value;
    const more = Object.keys(rest).length > 0 ? ` ${plainLine(JSON.stringify(rest))}` : "";
    return { text: `${JSON.stringify(plainLine(`${name}: ${message}`))}${more}`, stack: stack || undefined };
  }
  return { text: plainLine(JSON.stringify(value) ?? "") };
}

function isError(value: unknown): value is { name: string; message: string; stack?: string } {
  return typeof value === "object" && value !== null && "message" in value && "stack" in value && "name" in value;
}

/** The time of day where this program runs, without the data of all time zones that formatting it would load. */
function localTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return plainLine(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
