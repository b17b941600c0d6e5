/** GatewayService: unpack the request, ask the core, pack the answer. */

import { durationMs, type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { Client } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import type { GatewayService } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import type { Core } from "../../core/core.ts";
import { invalidField } from "../../core/errors.ts";
import { RecentReads } from "../../core/event/recent-reads.ts";
import { pageOf } from "../../core/paging.ts";
import { sumUsage } from "../../core/run/usage.ts";
import type { Clock } from "../../lib/clock.ts";
import { callerKey } from "../caller-key.ts";
import { streamLimit } from "../guard/stream-slots.ts";
import { defaultLimits } from "../server-options.ts";
import { describeGateway, type GatewayProcess } from "./describe-gateway.ts";
import { tailLogs } from "./tail-logs.ts";

const defaultGraceMs = 10_000;
const maxGraceMs = 300_000;

/** What is read from the store to describe the gateway. */
interface GatewayCounts {
  readonly counts: { readonly active: number; readonly queued: number };
  readonly head: number;
}

/** The process over the wire. */
export function gatewayService(core: Core, process: GatewayProcess, clock: Clock): ServiceImpl<typeof GatewayService> {
  const recent = new RecentReads<GatewayCounts>(core.store);
  return {
    async getGateway(_request, context) {
      const { counts, head } = await recent.get("", () =>
        core.store.read(async ({ runs, events }) => ({ counts: await runs.count(), head: await events.head() })),
      );
      const gateway = describeGateway(core, process, counts);
      const { principal } = context.values.get(callerKey);
      if (gateway.limits !== undefined) gateway.limits.maxStreams = streamLimit(principal, defaultLimits.counts);
      return { gateway, caller: describeCaller(context), cursor: core.events.cursor(head) };
    },
    async whoAmI(_request, context) {
      const title = await core.access.titleOf(context.values.get(callerKey));
      return { caller: describeCaller(context), title };
    },
    listClients(request) {
      const { items, nextPageToken } = pageOf({ title: "clients", items: process.clients(), keyOf: ageOf }, request);
      return { clients: items, nextPageToken };
    },
    async shutDown({ restart, grace, reason, force, wait }) {
      const graceMs = grace === undefined ? defaultGraceMs : durationMs(grace);
      if (graceMs < 0 || graceMs > maxGraceMs)
        throw invalidField("grace", `is not between 0 and ${maxGraceMs / 1000} s`);
      const idleMs = wait === undefined ? 0 : durationMs(wait) || Number.POSITIVE_INFINITY;
      if (idleMs < 0) throw invalidField("wait", "is less than nothing; 0 is for ever");
      const activeRuns = core.activeRuns;
      const words = reason === "" ? `${restart ? "restart" : "shut down"} by request` : reason;
      const beginMs = await process.shutDown({ restart, graceMs, idleMs, force, reason: words });
      return { activeRuns, beginTime: timestampFromMs(beginMs) };
    },
    tailLogs: (request, context) => tailLogs(process.logs, request, context),
    async getUsage({ startTime, endTime, timeZone, groupBy }) {
      const window = { startMs: msOf(startTime), endMs: msOf(endTime), timeZone, groupBy };
      return { rows: await sumUsage(core.store, window, clock.nowMs()) };
    },
  };
}

function describeCaller({ values }: HandlerContext) {
  const { principal, scopes, expireTimeMs } = values.get(callerKey);
  return {
    principal,
    scopes: [...scopes],
    expireTime: expireTimeMs === undefined ? undefined : timestampFromMs(expireTimeMs),
  };
}

/** Sorts as text from the oldest connection on. */
function ageOf({ connectTime, remoteAddress }: Client): string {
  const connectMs = connectTime === undefined ? 0 : timestampMs(connectTime);
  return `${String(connectMs).padStart(15, "0")} ${remoteAddress}`;
}

function msOf(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : timestampMs(time);
}
