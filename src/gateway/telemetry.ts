/** What a gateway tells about its own work: numbers for Prometheus, traces for OpenTelemetry. Outlives its rooms. */

import type { TraceConfig } from "../config/logging-config.ts";
import type { Core } from "../core/core.ts";
import { RunMetrics } from "../core/telemetry/run-metrics.ts";
import { type RunListener, RunObserver } from "../core/telemetry/run-observer.ts";
import { RunTracer } from "../core/telemetry/run-tracer.ts";
import { allTracers, type Tracer } from "../core/telemetry/tracer.ts";
import { systemClock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { Counter, Gauge, Histogram, Metrics } from "../lib/telemetry/metrics.ts";
import type { OtlpTraces } from "../lib/telemetry/otlp-traces.ts";
import { processMetrics } from "../lib/telemetry/process-metrics.ts";
import type { EndedCall } from "../server/call/ended-call.ts";
import type { Server } from "../server/server.ts";
import { StoreMetrics } from "../storage/sqlite/store-metrics.ts";
import type { SqliteStore } from "../storage/sqlite-store.ts";

/** Upper bounds, in seconds, for what takes a millisecond or half a minute. */
const callSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

/** How long the last spans may take to be sent, in ms. */
const farewellMs = 2_000;

/** Counts, times and traces. */
export class GatewayTelemetry {
  /** All that is measured. */
  readonly metrics = new Metrics();
  readonly #log: Log;
  readonly #version: string;
  readonly #runs: RunMetrics;
  readonly #calls: Counter;
  readonly #callSeconds: Histogram;
  #opened = 0;
  #traces: OtlpTraces | undefined;

  constructor(version: string, log: Log) {
    this.#version = version;
    this.#log = log;
    const { metrics } = this;
    const info = { name: "openclaw_info", help: "The program that runs.", labels: ["version"] };
    metrics.add(new Gauge(info, () => [[[version], 1]]), ...processMetrics(systemClock.nowMs()));
    const restarts = { name: "openclaw_restarts_total", help: "Restarts in place since the process began." };
    metrics.add(new Gauge(restarts, () => Math.max(0, this.#opened - 1), "counter"));
    this.#runs = new RunMetrics(metrics);
    const labels = ["method", "code"];
    this.#calls = metrics.add(new Counter({ name: "openclaw_rpc_total", help: "RPCs that ended.", labels }));
    this.#callSeconds = metrics.add(
      new Histogram(
        { name: "openclaw_rpc_seconds", help: "How long unary RPCs took.", labels: ["method"] },
        callSeconds,
      ),
    );
  }

  /** Counts a call. */
  readonly onCall = ({ method, code, ms, stream }: EndedCall): void => {
    this.#calls.add([method, code]);
    if (!stream) this.#callSeconds.observe(ms / 1_000, [method]);
  };

  /** Hears of the runs of a store that was just opened. Returns who is to hear of the calls they make. */
  async watchRuns(store: SqliteStore, traces: TraceConfig): Promise<Tracer> {
    this.#opened += 1;
    const storeMetrics = new StoreMetrics(() => store.sizes());
    this.metrics.add(...storeMetrics.all);
    store.onBatch((batch) => storeMetrics.observe(batch));
    const tracer = traces.enabled ? await this.#openTracer(traces) : undefined;
    const listeners: RunListener[] = tracer === undefined ? [this.#runs] : [this.#runs, tracer];
    for (const listener of listeners) store.onCommit(new RunObserver(listener).observe);
    return tracer === undefined ? this.#runs : allTracers([this.#runs, tracer]);
  }

  /** Reads from rooms that were just opened what they alone know. */
  watchRooms(core: Core, server: Server): void {
    const runs = { name: "openclaw_runs_active", help: "Runs being worked on." };
    const events = { name: "openclaw_event_log_head", help: "Sequence of the newest event." };
    const streams = { name: "openclaw_open_streams", help: "Streams that are open." };
    const clients = { name: "openclaw_open_connections", help: "Connections that are open." };
    this.metrics.add(
      new Gauge(runs, () => core.activeRuns),
      new Gauge(events, () => core.events.head),
      new Gauge(streams, () => server.openStreams),
      new Gauge(clients, () => server.clients().length),
    );
  }

  /** Sends the spans that wait; resolves when they are sent, soon in any case. */
  async close(): Promise<void> {
    const sent = this.#traces?.flush();
    if (sent === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, farewellMs);
    });
    await Promise.race([sent, patience]).finally(() => clearTimeout(timer));
  }

  async #openTracer({ endpoint, headers, serviceName, sampleRate }: TraceConfig): Promise<RunTracer> {
    const { OtlpTraces } = await import("../lib/telemetry/otlp-traces.ts");
    const log = this.#log.child({ component: "traces" });
    const traces = new OtlpTraces({ endpoint, headers, serviceName, version: this.#version, log });
    void this.#traces?.flush();
    this.#traces = traces;
    return new RunTracer({ sampleRate, clock: systemClock, take: (span) => traces.add(span) });
  }
}
