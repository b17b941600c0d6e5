/** RunService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Run_Trigger as Trigger } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import {
  type CreateRunRequest,
  type CreateRunResponse,
  CreateRunResponseSchema,
  CreateRunResponse_Disposition as Disposition,
  HeartbeatSchema,
  CreateRunRequest_QueueMode as QueueMode,
  RunService,
  type WatchRunResponse,
  WatchRunResponseSchema,
} from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import type { Core } from "../../core/core.ts";
import { invalidField } from "../../core/errors.ts";
import type { Accepted, Input } from "../../core/message/input.ts";
import type { RunFrame } from "../../core/run/live/watch-run.ts";
import { acceptTraced } from "../../core/telemetry/accept-traced.ts";
import { callerKey } from "../caller-key.ts";
import { type ResponseCodec, requestOnce } from "./request-once.ts";

/** Runs over the wire. */
export function runService(core: Core): ServiceImpl<typeof RunService> {
  const { runs, runWatch, events } = core;
  const accepted = acceptedCodec(core);
  return {
    async createRun(request, context) {
      const input = inputFrom(request, context.values.get(callerKey).principal, core.settings.run.timeoutMs);
      const once = requestOnce(RunService.method.createRun, { request, context }, accepted);
      const kept = await acceptTraced(core, { input, once, traceparent: context.requestHeader.get("traceparent") });
      return accepted.toResponse(kept);
    },
    async getRun({ name }) {
      const { run, sequence } = await runs.get(name);
      return { run, cursor: events.cursor(sequence) };
    },
    async listRuns(request) {
      const page = await runs.list(request);
      return { runs: [...page.runs], nextPageToken: page.nextPageToken, cursor: events.cursor(page.sequence) };
    },
    async cancelRun({ name, reason, drainQueue }, context) {
      const actor = context.values.get(callerKey).principal;
      return { run: await runs.cancel({ name, reason, drainQueue, actor }) };
    },
    async *watchRun({ name, held }, { signal }) {
      const blocks = held.map(({ block, draft, bytes }) => ({ block, draft, bytes: Number(bytes) }));
      for await (const frame of runWatch.watch({ name, held: blocks, signal })) yield toResponse(frame);
      // A deadline that passed is no end of the stream: say so.
      signal.throwIfAborted();
    },
  };
}

function inputFrom(request: CreateRunRequest, sender: string, longestMs: number): Input {
  const { parent, parts, settings, sessionEtag, deliverTo } = request;
  const queueMode = queueModes[request.queueMode];
  if (queueMode === undefined && request.queueMode !== QueueMode.UNSPECIFIED) {
    throw invalidField("queue_mode", `${request.queueMode} is no queue mode`);
  }
  const timeoutMs = timeoutFrom(request, longestMs);
  const trigger = Trigger.CLIENT;
  return { session: parent, parts, queueMode, settings, timeoutMs, sessionEtag, trigger, sender, deliverTo };
}

const queueModes: Readonly<Record<number, Input["queueMode"]>> = {
  [QueueMode.STEER]: "steer",
  [QueueMode.FOLLOW_UP]: "followUp",
  [QueueMode.COLLECT]: "collect",
  [QueueMode.INTERRUPT]: "interrupt",
  [QueueMode.REJECT]: "reject",
};

function timeoutFrom({ timeout }: CreateRunRequest, longestMs: number): number {
  if (timeout === undefined) return longestMs;
  if (timeout.nanos < 0 || timeout.nanos > 999_999_999)
    throw invalidField("timeout", "has nanos outside 0 to 999 999 999");
  const timeoutMs = durationMs(timeout);
  if (timeoutMs <= 0 || timeoutMs > longestMs) {
    throw invalidField("timeout", `is not between 0 and ${longestMs / 1000} s`);
  }
  return timeoutMs;
}

const dispositions = {
  started: Disposition.STARTED,
  queued: Disposition.QUEUED,
  steered: Disposition.STEERED,
  collected: Disposition.COLLECTED,
} as const;

function acceptedCodec({ events }: Core): ResponseCodec<Accepted, CreateRunResponse> {
  return {
    toResponse: ({ run, disposition, message, sequence }) =>
      create(CreateRunResponseSchema, {
        run,
        disposition: dispositions[disposition],
        message,
        cursor: events.cursor(sequence),
      }),
    fromResponse: ({ run, disposition, message, cursor }) => ({
      run: run as Run,
      disposition: dispositionNames[disposition] ?? "started",
      message,
      sequence: events.sequence(cursor),
    }),
  };
}

const dispositionNames: Readonly<Record<number, Accepted["disposition"]>> = {
  [Disposition.STARTED]: "started",
  [Disposition.QUEUED]: "queued",
  [Disposition.STEERED]: "steered",
  [Disposition.COLLECTED]: "collected",
};

function toResponse(frame: RunFrame): WatchRunResponse {
  if (frame.case !== "heartbeat") return create(WatchRunResponseSchema, { frame });
  const value = create(HeartbeatSchema, { time: timestampFromMs(frame.nowMs) });
  return create(WatchRunResponseSchema, { frame: { case: "heartbeat", value } });
}
