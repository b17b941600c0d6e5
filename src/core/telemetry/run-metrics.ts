/** Numbers about runs and model calls. */

import type { Delivery } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Counter, Histogram, type Metrics } from "../../lib/telemetry/metrics.ts";
import { deliveryStateName, failureName, type RunListener, stateName } from "./run-observer.ts";
import type { Span, SpanOptions, Tracer } from "./tracer.ts";

/** Upper bounds in seconds, for what takes from a moment to an hour. */
const seconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600];

/** Counts runs, as their events tell of them, and times calls, as a tracer hears of them. */
export class RunMetrics implements RunListener, Tracer {
  readonly #accepted: Counter;
  readonly #ended: Counter;
  readonly #tokens: Counter;
  readonly #waited: Histogram;
  readonly #worked: Histogram;
  readonly #delivered: Histogram;
  readonly #calls: ReadonlyMap<string, Histogram>;

  constructor(metrics: Metrics) {
    const help = "Runs accepted.";
    this.#accepted = metrics.add(new Counter({ name: "openclaw_runs_accepted_total", help }));
    this.#ended = metrics.add(
      new Counter({
        name: "openclaw_runs_ended_total",
        help: "Runs ended, by how and why.",
        labels: ["outcome", "reason"],
      }),
    );
    this.#tokens = metrics.add(
      new Counter({ name: "openclaw_tokens_total", help: "Tokens, by model and kind.", labels: ["model", "kind"] }),
    );
    this.#waited = metrics.add(
      new Histogram({ name: "openclaw_run_wait_seconds", help: "From accepted to begun." }, seconds),
    );
    this.#worked = metrics.add(
      new Histogram({ name: "openclaw_run_seconds", help: "From begun to ended.", labels: ["outcome"] }, seconds),
    );
    const delivery = { name: "openclaw_delivery_seconds", help: "From said to delivered.", labels: ["outcome"] };
    this.#delivered = metrics.add(new Histogram(delivery, seconds));
    this.#calls = new Map([
      ["model.call", metrics.add(callHistogram("openclaw_model_call_seconds", "Calls of models.", "model"))],
      ["tool.call", metrics.add(callHistogram("openclaw_tool_call_seconds", "Calls of tools.", "tool"))],
    ]);
  }

  onAccepted(): void {
    this.#accepted.add();
  }

  onStarted(_run: Run, waitedMs: number): void {
    this.#waited.observe(waitedMs / 1_000);
  }

  onEnded(run: Run, workedMs: number): void {
    const outcome = stateName(run);
    this.#ended.add([outcome, failureName(run)]);
    this.#worked.observe(workedMs / 1_000, [outcome]);
    const { model, usage } = run;
    if (usage === undefined) return;
    const kinds = { input: usage.inputTokens, output: usage.outputTokens, cached: usage.cachedTokens };
    for (const [kind, count] of Object.entries(kinds)) if (count > 0n) this.#tokens.add([model, kind], Number(count));
  }

  onDelivered(delivery: Delivery, tookMs: number): void {
    this.#delivered.observe(tookMs / 1_000, [deliveryStateName(delivery)]);
  }

  span(name: string, _parent: unknown, { attributes = {} }: SpanOptions = {}): Span {
    const histogram = this.#calls.get(name);
    const startMs = performance.now();
    const subject = String(attributes.model ?? attributes.tool ?? "");
    return {
      end: (error) => histogram?.observe((performance.now() - startMs) / 1_000, [subject, error ? "failed" : "done"]),
    };
  }

  adopt(): void {}
}

function callHistogram(name: string, help: string, label: string): Histogram {
  return new Histogram({ name, help, labels: [label, "outcome"] }, seconds);
}
