/** `openclaw usage`. */

import { create, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type UsageRow, UsageRowSchema } from "../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { defineCommand } from "./command/command.ts";
import { grouped } from "./terminal/moment.ts";
import { plainLine } from "./terminal/plain-text.ts";
import { writeTable } from "./terminal/table.ts";

const dayMs = 86_400_000;

/** Sums tokens over the runs that ended in the last days. */
export const command = defineCommand({
  words: [],
  options: {
    days: { kind: "number", value: "n", help: "how many days back", min: 1, max: 3_650, fallback: 30 },
    by: {
      kind: "text",
      value: "group",
      help: "what to sum by",
      choices: ["day", "model", "agent", "session"],
      fallback: "day",
    },
    "time-zone": { kind: "text", value: "zone", help: "zone days are counted in; this machine's when left out" },
    limit: {
      kind: "number",
      value: "n",
      help: "only the last n rows of days, or the n largest of others",
      min: 1,
      max: 1_000,
    },
  },
  examples: ["usage", "usage --days 7 --by model", "usage --by session --limit 10"],
  async run({ options, terminal, link, nowMs }) {
    const { gateway } = await link.client();
    const { rows: known } = await gateway.getUsage({
      startTime: timestampFromMs(nowMs - options.days * dayMs),
      endTime: timestampFromMs(nowMs),
      timeZone: options["time-zone"] ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      groupBy: options.by,
    });
    const rows = options.by === "day" ? [...known] : known.toSorted((a, b) => Number(tokens(b) - tokens(a)));
    const { limit = rows.length } = options;
    const shown = options.by === "day" ? rows.slice(-limit) : rows.slice(0, limit);
    if (terminal.json) return terminal.document({ rows: shown.map((row) => toJson(UsageRowSchema, row)) });
    if (shown.length === 0) return terminal.note(`no runs ended in the last ${options.days} days`);
    const total = shown.reduce(add, create(UsageRowSchema, { group: "total" }));
    writeTable<UsageRow>(
      terminal,
      [
        { title: options.by, cell: (row) => plainLine(row.group), shrinks: true, paint: terminal.colors.cyan },
        { title: "runs", cell: (row) => grouped(row.runs), right: true },
        { title: "tokens in", cell: (row) => grouped(row.inputTokens), right: true },
        { title: "cached", cell: (row) => grouped(row.cachedTokens), right: true },
        { title: "tokens out", cell: (row) => grouped(row.outputTokens), right: true },
      ],
      [...shown, total],
    );
  },
});

function tokens({ inputTokens, outputTokens }: UsageRow): bigint {
  return inputTokens + outputTokens;
}

function add(sum: UsageRow, row: UsageRow): UsageRow {
  return {
    ...sum,
    runs: sum.runs + row.runs,
    inputTokens: sum.inputTokens + row.inputTokens,
    outputTokens: sum.outputTokens + row.outputTokens,
    cachedTokens: sum.cachedTokens + row.cachedTokens,
  };
}
