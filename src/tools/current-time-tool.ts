/** `current_time`: what time it is, here or elsewhere. */

import type { JsonObject } from "@bufbuild/protobuf";
import type { Tool, ToolContext } from "../core/agent/tool.ts";
import { readOptionalText, refuseUnknownFields } from "./tool-input.ts";

/**
 * Answers {utc, timeZone, date, time, weekday, utcOffset}: `utc` in ISO 8601, the rest in the zone asked for, or the
 * machine's. Fails when the zone is no IANA name.
 */
export const currentTimeTool: Tool = {
  name: "current_time",
  description: "The current date, time and weekday, in the given time zone or the machine's own.",
  inputSchema: {
    type: "object",
    properties: {
      timeZone: { type: "string", description: "IANA time zone, e.g. Europe/Berlin. The machine's own when absent." },
    },
    additionalProperties: false,
  },
  replaySafe: true,
  timeoutMs: 5_000,
  call: async (input, context) => tellTime(input, context),
};

function tellTime(input: JsonObject, context: ToolContext): JsonObject {
  refuseUnknownFields(input, ["timeZone"]);
  const timeZone = readOptionalText(input, "timeZone") ?? context.timeZone;
  const now = new Date(context.nowMs);
  const parts = new Map(
    zoneFormat(timeZone)
      .formatToParts(now)
      .map((part) => [part.type, part.value]),
  );
  const pick = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return {
    utc: now.toISOString(),
    timeZone,
    date: `${pick("year")}-${pick("month")}-${pick("day")}`,
    time: `${pick("hour")}:${pick("minute")}:${pick("second")}`,
    weekday: pick("weekday"),
    utcOffset: pick("timeZoneName").replace("GMT", "") || "+00:00",
  };
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      weekday: "long",
      timeZoneName: "longOffset",
    });
  } catch (error) {
    const hint = 'use an IANA name such as "Europe/Berlin", or leave timeZone out';
    throw new Error(`there is no time zone ${JSON.stringify(timeZone)}; ${hint}`, { cause: error });
  }
}
