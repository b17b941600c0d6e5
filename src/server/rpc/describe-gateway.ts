/** The gateway as the contract describes it. */

import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Client,
  type Gateway,
  GatewaySchema,
  LimitsSchema,
  Gateway_State as State,
} from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import type { Configuration } from "../../core/config/configuration.ts";
import { type Core, heartbeatMs } from "../../core/core.ts";
import type { HeldBack } from "../../core/hold-back.ts";
import { maxPageBytes, maxPageSize } from "../../core/paging.ts";
import { defaultLimits, type ServerState } from "../server-options.ts";
import type { LogSource } from "./tail-logs.ts";

/** How the process is told to stop, or to restart. */
export interface ShutDownOrder {
  readonly restart: boolean;
  /** How long active runs may go on, in ms. */
  readonly graceMs: number;
  readonly reason: string;
  readonly force: boolean;
  /** How long to wait first for a moment without active runs, in ms; 0 is not at all. */
  readonly idleMs: number;
}

/** What the process tells about itself, and how it is told to stop. */
export interface GatewayProcess {
  readonly version: string;
  /** When it started, or restarted in place; ms since the epoch. */
  readonly startTimeMs: number;
  state(): ServerState;
  clients(): Client[];
  /** Where it listens: "http://127.0.0.1:18789", …; with "0.0.0.0" or "[::]" for every address. */
  urls(): readonly string[];
  /** What it says about its work. */
  readonly logs: LogSource;
  /** What it is run by. */
  readonly configuration: Configuration;
  /** What is held back after crashes; undefined when nothing is. */
  heldBack(): HeldBack | undefined;
  /** Why a restart is due, and why the last one did not happen; both may be empty. */
  restartStatus(): { readonly reason: string; readonly refusal: string };
  /** Begins to stop, or sees to a restart. Returns when it begins, ms since the epoch. Fails with CONFIG_INVALID. */
  shutDown(order: ShutDownOrder): Promise<number>;
}

const states = {
  starting: State.STARTING,
  ready: State.READY,
  draining: State.DRAINING,
  readOnly: State.READ_ONLY,
} as const;

/** What the gateway is now, with so many runs. */
export function describeGateway(
  core: Core,
  process: GatewayProcess,
  counts: { readonly active: number; readonly queued: number },
): Gateway {
  const { state, reason } = process.state();
  const { settings, store } = core;
  const restart = process.restartStatus();
  const heldBack = process.heldBack();
  return create(GatewaySchema, {
    gatewayId: store.logId,
    version: process.version,
    state: states[state],
    stateReason: reason,
    startTime: timestampFromMs(process.startTimeMs),
    configEtag: process.configuration.etags.disk,
    appliedConfigEtag: process.configuration.etags.applied,
    activeRuns: counts.active,
    queuedRuns: counts.queued,
    defaultModel: settings.agent.model,
    restartReason: restart.reason,
    restartRefusal: restart.refusal,
    safeMode: heldBack && { reason: heldBack.reason, untilTime: timestampFromMs(heldBack.untilMs) },
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
