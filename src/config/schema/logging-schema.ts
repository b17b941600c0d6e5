/** The keys `logging` and `diagnostics`. */

import * as z from "zod";
import { defaultDiagnostics, defaultLogging } from "../logging-config.ts";
import { httpUrl, live, sensitive } from "./value-schemas.ts";

const level = z.enum(["debug", "info", "warn", "error", "silent"]);
const { otel } = defaultDiagnostics;

/** `logging`. */
export const loggingSchema = z.strictObject({
  level: level.default(defaultLogging.level).describe("Least important kind of line that is kept.").meta(live),
  consoleLevel: level
    .optional()
    .describe("Least important kind of line on standard error. Default: as level. --verbose shows all.")
    .meta(live),
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where lines are kept; "YYYY-MM-DD" in it stands for the day. Default: logs/openclaw-YYYY-MM-DD.log in the state folder.',
    ),
  maxFileBytes: z
    .int()
    .min(65_536)
    .max(1_073_741_824)
    .default(defaultLogging.maxFileBytes)
    .describe("Size at which a file is put aside."),
  maxFiles: z.int().min(2).max(1_000).default(defaultLogging.maxFiles).describe("Files kept."),
});

const traces = z.strictObject({
  enabled: z.boolean().default(otel.enabled).describe("Send traces: one for each message, without what it says."),
  endpoint: httpUrl.default(otel.endpoint).describe("Receiver of OTLP over HTTP; traces go to /v1/traces below it."),
  headers: z
    .record(z.string(), z.string().min(1).meta(sensitive))
    .default(otel.headers)
    .describe("Sent with every batch, for example an authorization."),
  serviceName: z.string().min(1).max(200).default(otel.serviceName).describe("Name the traces are found by."),
  sampleRate: z.number().min(0).max(1).default(otel.sampleRate).describe("Part of all messages that is traced."),
});

/** `diagnostics`. */
export const diagnosticsSchema = z.strictObject({
  otel: traces.prefault({}).describe("OpenTelemetry."),
});
