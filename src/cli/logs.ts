/** `openclaw logs`. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { GatewayClient } from "../client/client.ts";
import { followLogs, type WantedLogs } from "../client/follow-logs.ts";
import { displayPath, processSurroundings } from "../config/environment.ts";
import { placeAfter } from "../lib/log/log-record.ts";
import type { RecordFilter } from "../lib/log/record-filter.ts";
import { lineLevels } from "../lib/log.ts";
import { defineCommand } from "./command/command.ts";
import type { GatewayLink } from "./link/gateway-link.ts";
import { troubleOf } from "./link/trouble.ts";
import { wireRecord } from "./logs/record-view.ts";
import { showLines } from "./logs/show-lines.ts";
import { readSince } from "./logs/since.ts";
import type { Terminal } from "./terminal/terminal.ts";

const nothing = "no line fits";
const patience = { patienceMs: Number.POSITIVE_INFINITY };

/** Shows the gateway's log; without a gateway, what is in its files. */
export const command = defineCommand({
  words: [],
  options: {
    follow: { kind: "switch", short: "f", help: "go on with lines as they are written, over restarts of the gateway" },
    lines: { kind: "number", value: "n", help: "begin with this many", min: 0, max: 5_000, fallback: 200 },
    level: { kind: "text", value: "level", help: "least important kind of line", choices: lineLevels },
    component: { kind: "list", value: "name", help: 'only lines of it: "store", "door", "runs", …' },
    since: { kind: "text", value: "time", help: "only lines from then on: 30s, 10m, 2h, 1d, or 2026-11-22T08:00" },
  },
  details: `
Asks the gateway. When none runs on this machine, reads the file it left, and says so. Secrets in lines are unreadable. With
--json, each line is a record, or {"dropped": n} where lines came faster than they were read.`,
  examples: ["logs --follow --level warn", "logs --component store --since 2h --json"],
  async run({ options, globals, terminal, link, nowMs }) {
    const { level, follow, lines, component: components } = options;
    const minLevel = lineLevels.find((one) => one === level);
    const sinceMs = options.since === undefined ? undefined : readSince(options.since, nowMs);
    const filter: RecordFilter = { minLevel, components, sinceMs };
    const wanted = { minLevel: minLevel ?? "", components: [...components], backlog: lines };
    const since = sinceMs === undefined ? undefined : timestampFromMs(sinceMs);
    // The method takes a time without a number of lines as a wish for all of them.
    const request = { ...wanted, since: lines === 0 ? undefined : since };
    const client = await link.client();
    const isThere = !(await isAbsent(link, () => client.gateway.getGateway({})));
    if (isThere && !(await isAbsent(link, () => showRunning(client, terminal, { request, follow })))) return;
    const { readKeptLogs } = await import("./logs/kept-logs.ts");
    const kept = await readKeptLogs(globals, filter, lines);
    const where =
      kept.path === undefined
        ? "there is no log yet"
        : `this is what is in ${displayPath(kept.path, processSurroundings().home)}`;
    terminal.note(terminal.errorColors.dim(`the gateway does not run; ${where}`));
    showLines(terminal, { records: kept.records.map(wireRecord), dropped: 0n });
    if (kept.path !== undefined && kept.records.length === 0) terminal.note(terminal.errorColors.dim(nothing));
    if (!follow) return;
    terminal.note(terminal.errorColors.dim("waiting for it to start; Ctrl+C ends it"));
    const rest: WantedLogs = { ...wanted, backlog: 0, cursor: placeAfter(kept.head) };
    for await (const frame of followLogs(client.gateway, rest, patience)) showLines(terminal, frame);
  },
});

/** True when the gateway of this machine turns out not to run. Anything else that keeps the call from it is thrown. */
async function isAbsent(link: GatewayLink, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return false;
  } catch (thrown) {
    const { urlSource } = await link.address();
    if (troubleOf(thrown) === "refused" && urlSource !== "--url" && urlSource !== "OPENCLAW_GATEWAY_URL") return true;
    throw thrown;
  }
}

interface Wish {
  readonly request: WantedLogs;
  readonly follow: boolean;
}

/** Shows what the gateway says. Fails when it is gone before it said anything, also where it is to be followed. */
async function showRunning({ gateway }: GatewayClient, terminal: Terminal, { request, follow }: Wish): Promise<void> {
  let heard = false;
  let count = 0;
  const worthReopening = (error: Error): boolean => heard || troubleOf(error) !== "refused";
  const frames = follow ? followLogs(gateway, request, { ...patience, worthReopening }) : gateway.tailLogs(request);
  for await (const frame of frames) {
    heard = true;
    count += frame.records.length;
    showLines(terminal, frame);
  }
  if (count === 0) terminal.note(terminal.errorColors.dim(nothing));
}
