/** Makes one trace of each message: accepted, waiting, worked on, each call of a model and a tool, delivered. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Delivery } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import type { EndedSpan } from "../../lib/telemetry/otlp-traces.ts";
import { idFrom, readTraceParent, type TraceParent } from "../../lib/telemetry/trace-context.ts";
import { reasonName } from "../errors.ts";
import { sessionOf } from "../names.ts";
import { deliveryStateName, failureName, type RunListener, stateName } from "./run-observer.ts";
import type { Attributes, Span, SpanOptions, Tracer } from "./tracer.ts";

/** What a RunTracer needs. */
export interface RunTracerOptions {
  /** Part of all messages that is traced, 0 to 1; a caller that says so itself is always heard. */
  readonly sampleRate: number;
  readonly clock: Clock;
  /** Takes the spans of a trace when its run has ended, and those that come later. */
  readonly take: (span: EndedSpan) => void;
}

interface Unplaced {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly error: string | undefined;
}

/** Most runs whose spans, or whose callers, are remembered. */
const maxRemembered = 10_000;

/** What belongs to the work on a run; everything else belongs to its message. */
const workSpans = new Set(["model.call", "tool.call"]);

/**
 * The ids of a trace are made from the run's name: whoever knows that knows its trace, also after a restart. Where a caller's
 * trace is adopted, the spans of the run are below the caller's; they are held until the run has ended, so that the order of
 * events does not matter.
 */
export class RunTracer implements RunListener, Tracer {
  readonly #options: RunTracerOptions;
  readonly #callers = new Map<string, TraceParent>();
  readonly #held = new Map<string, Unplaced[]>();
  #count = 0;

  constructor(options: RunTracerOptions) {
    this.#options = options;
  }

  span(name: string, parent: string | (() => string | undefined), options: SpanOptions = {}): Span {
    const { clock } = this.#options;
    const { startMs = clock.nowMs(), attributes = {} } = options;
    return {
      end: (error, more = {}) => {
        const run = typeof parent === "string" ? parent : parent();
        const span = { name, startMs, endMs: clock.nowMs(), attributes: { ...attributes, ...more }, error };
        if (run !== undefined) this.#hold(run, span);
      },
    };
  }

  adopt(run: string, traceparent: string): void {
    const caller = readTraceParent(traceparent);
    if (caller === undefined || this.#callers.has(run)) return;
    this.#callers.set(run, caller);
    forgetOldest(this.#callers);
  }

  onAccepted(run: Run): void {
    this.#held.set(run.name, []);
    forgetOldest(this.#held);
  }

  onStarted({ name, createTime, startTime }: Run): void {
    if (createTime === undefined || startTime === undefined) return;
    const times = { startMs: timestampMs(createTime), endMs: timestampMs(startTime) };
    this.#hold(name, { name: "run.queue", ...times, attributes: {}, error: undefined });
  }

  onEnded(run: Run): void {
    const { name, createTime, startTime, endTime, model, usage, attempt } = run;
    const error = failureName(run) || undefined;
    const endMs = endTime === undefined ? this.#options.clock.nowMs() : timestampMs(endTime);
    const attributes = { outcome: stateName(run) };
    if (startTime !== undefined) {
      const tokens = { inputTokens: Number(usage?.inputTokens ?? 0), outputTokens: Number(usage?.outputTokens ?? 0) };
      const facts = { ...attributes, ...tokens, model, attempt };
      this.#hold(name, { name: "run", startMs: timestampMs(startTime), endMs, attributes: facts, error });
    }
    const startMs = createTime === undefined ? endMs : timestampMs(createTime);
    this.#hold(name, { name: "message", startMs, endMs, attributes, error });
    // Who accepted the run says whose trace it is right after the commit: a run may have ended by then.
    setImmediate(() => this.#release(name));
  }

  onDelivered(delivery: Delivery, tookMs: number): void {
    const { run, endTime, attempts, error } = delivery;
    if (run === "" || endTime === undefined) return;
    const endMs = timestampMs(endTime);
    const attributes = { outcome: deliveryStateName(delivery), attempts };
    const why = error === undefined ? undefined : reasonName(error.reason);
    this.#hold(run, { name: "delivery", startMs: endMs - tookMs, endMs, attributes, error: why });
  }

  #hold(run: string, span: Unplaced): void {
    const held = this.#held.get(run);
    if (held === undefined) this.#place(run, span);
    else held.push(span);
  }

  #release(run: string): void {
    const held = this.#held.get(run) ?? [];
    this.#held.delete(run);
    for (const span of held) this.#place(run, span);
  }

  #place(run: string, { name, ...span }: Unplaced): void {
    const caller = this.#callers.get(run);
    const traceId = caller?.traceId ?? idFrom(run, 32);
    if (!this.#isSampled(traceId, caller)) return;
    const [message, work] = [idFrom(`${run} message`, 16), idFrom(`${run} run`, 16)];
    const above = workSpans.has(name) ? work : message;
    const spanId = name === "message" ? message : name === "run" ? work : idFrom(`${run} ${name} ${this.#count++}`, 16);
    this.#options.take({
      ...span,
      name,
      traceId,
      spanId,
      parentSpanId: name === "message" ? (caller?.spanId ?? "") : above,
      attributes: { "openclaw.run": run, "openclaw.session": sessionOf(run), ...prefixed(span.attributes) },
    });
  }

  #isSampled(traceId: string, caller: TraceParent | undefined): boolean {
    if (caller !== undefined) return caller.sampled;
    return Number.parseInt(traceId.slice(0, 8), 16) / 2 ** 32 < this.#options.sampleRate;
  }
}

/** The names OpenTelemetry has for what models do; our own for the rest. */
const knownNames: Readonly<Record<string, string>> = {
  model: "gen_ai.request.model",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  tool: "gen_ai.tool.name",
};

function prefixed(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [knownNames[name] ?? `openclaw.${name}`, value]),
  );
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= maxRemembered) return;
  for (const name of map.keys()) {
    map.delete(name);
    return;
  }
}
