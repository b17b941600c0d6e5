/** What every process can tell about itself. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Gauge, type Metric } from "./metrics.ts";

/** How often the event loop's lag is looked at, in ms, once somebody has asked for it. */
const lagResolutionMs = 20;

type IntervalHistogram = ReturnType<typeof monitorEventLoopDelay>;

/**
 * Time, memory and the lag of the event loop, by the names Prometheus' own clients use. The lag is measured from the first
 * time somebody asks: a process nobody watches does not wake up for it.
 */
export function processMetrics(startTimeMs: number): Metric[] {
  let lag: IntervalHistogram | undefined;
  const memory = { name: "nodejs_memory_bytes", help: "Memory of the process, by kind.", labels: ["kind"] };
  const loopLag = {
    name: "nodejs_eventloop_lag_seconds",
    help: "How late the event loop was since the last look.",
    labels: ["quantile"],
  };
  return [
    new Gauge(
      { name: "process_start_time_seconds", help: "Start of the process, Unix time." },
      () => startTimeMs / 1_000,
    ),
    new Gauge(
      { name: "process_cpu_seconds_total", help: "CPU time, user and system." },
      () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
      "counter",
    ),
    new Gauge({ name: "process_resident_memory_bytes", help: "Resident memory." }, () => process.memoryUsage.rss()),
    new Gauge(memory, () => {
      const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
      return Object.entries({ heapUsed, heapTotal, external, arrayBuffers }).map(([kind, bytes]) => [[kind], bytes]);
    }),
    new Gauge(loopLag, () => {
      lag ??= startedLag();
      const seconds = [0.5, 0.99, 1].map(
        (share) => [[String(share)], lagSeconds(lag as IntervalHistogram, share)] as const,
      );
      lag.reset();
      return seconds;
    }),
  ];
}

function startedLag(): IntervalHistogram {
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
  lag.enable();
  return lag;
}

/** What the timer waited on top of its interval. */
function lagSeconds(lag: IntervalHistogram, share: number): number {
  const nanos = lag.count === 0 ? 0 : lag.percentile(share * 100);
  return Math.max(0, nanos / 1e9 - lagResolutionMs / 1_000);
}
