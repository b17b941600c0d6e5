/** GatewayService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import { durationFromMs, durationMs, type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type Client,
  type Gateway,
  GatewaySchema,
  LimitsSchema,
  Gateway_State as State,
} from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import type { GatewayService } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { type Core, heartbeatMs } from "../../core/core.ts";
import { invalidField } from "../../core/errors.ts";
import { maxPageBytes, maxPageSize } from "../../core/paging.ts";
import { sumUsage } from "../../core/run/usage.ts";
import type { Clock } from "../../lib/clock.ts";
import { callerKey } from "../caller-key.ts";
import { defaultLimits, type ServerState } from "../server-options.ts";

const defaultGraceMs = 10_000;
const maxGraceMs = 300_000;

/** What the process tells about itself, and how it is told to stop. */
export interface GatewayProcess {
  readonly version: string;
  readonly startTimeMs: number;
  state(): ServerState;
  clients(): Client[];
  /** Begins to stop; returns at once. */
  shutDown(graceMs: number, reason: string): void;
}

/** The process over the wire. */
export function gatewayService(core: Core, process: GatewayProcess, clock: Clock): ServiceImpl<typeof GatewayService> {
  return {
    async getGateway(_request, context) {
      const { principal, scopes } = context.values.get(callerKey);
      const { counts, head } = await core.store.read(async ({ runs, events }) => ({
        counts: await runs.count(),
        head: await events.head(),
      }));
      const gateway = describe(core, process, counts);
      return { gateway, caller: { principal, scopes: [...scopes] }, cursor: core.events.cursor(head) };
    },
    whoAmI(_request, { values }) {
      const { principal, scopes } = values.get(callerKey);
      return { caller: { principal, scopes: [...scopes] }, title: "" };
    },
    listClients: () => ({ clients: process.clients() }),
    shutDown({ grace, reason }) {
      const graceMs = grace === undefined ? defaultGraceMs : durationMs(grace);
      if (graceMs < 0 || graceMs > maxGraceMs)
        throw invalidField("grace", `is not between 0 and ${maxGraceMs / 1000} s`);
      const activeRuns = core.activeRuns;
      process.shutDown(graceMs, reason === "" ? "shut down by request" : reason);
      return { activeRuns };
    },
    async getUsage({ startTime, endTime, timeZone, groupBy }) {
      const window = { startMs: msOf(startTime), endMs: msOf(endTime), timeZone, groupBy };
      return { rows: await sumUsage(core.store, window, clock.nowMs()) };
    },
  };
}

const states = {
  starting: State.STARTING,
  ready: State.READY,
  draining: State.DRAINING,
  readOnly: State.READ_ONLY,
} as const;

function describe(core: Core, process: GatewayProcess, counts: { active: number; queued: number }): Gateway {
  const { state, reason } = process.state();
  const { settings, store } = core;
  return create(GatewaySchema, {
    gatewayId: store.logId,
    version: process.version,
    state: states[state],
    stateReason: reason,
    startTime: timestampFromMs(process.startTimeMs),
    activeRuns: counts.active,
    queuedRuns: counts.queued,
    defaultModel: settings.agent.model,
    limits: create(LimitsSchema, {
      maxRequestBytes: BigInt(defaultLimits.sizes.messageBytes),
      maxResponseBytes: BigInt(maxPageBytes),
      maxPageSize,
      heartbeatInterval: durationFromMs(heartbeatMs),
      eventRetention: durationFromMs(settings.retention.maxAgeMs),
      maxStreams: defaultLimits.counts.streamsPerPrincipal,
      maxQueuedRuns: settings.queue.cap,
    }),
  });
}

function msOf(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : timestampMs(time);
}
