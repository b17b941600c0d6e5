import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Delivery_State, DeliverySchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { type Event, Event_Change, EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Run_State, RunSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { RunObserver } from "../../../src/core/telemetry/run-observer.ts";
import { RunTracer } from "../../../src/core/telemetry/run-tracer.ts";
import type { EndedSpan } from "../../../src/lib/telemetry/otlp-traces.ts";

describe("the trace of a message", () => {
  const clock = { nowMs: () => 9_000 };
  const name = "sessions/main/runs/1";
  let spans: EndedSpan[];
  let tracer: RunTracer;
  let observer: RunObserver;

  const begin = (sampleRate = 1): void => {
    spans = [];
    tracer = new RunTracer({ sampleRate, clock, take: (span) => spans.push(span) });
    observer = new RunObserver(tracer);
  };
  const at = (seconds: number) => timestampFromMs(seconds * 1_000);
  const event = (change: Event["change"], resource: Event["resource"]) =>
    observer.observe([create(EventSchema, { change, resource })]);
  const run = (state: Run_State, times: object, change: Event["change"] = Event_Change.UPDATED) =>
    event(change, { case: "run", value: create(RunSchema, { name, state, attempt: 1, createTime: at(1), ...times }) });
  const play = async (runName = name): Promise<void> => {
    run(Run_State.QUEUED, { name: runName }, Event_Change.CREATED);
    run(Run_State.RUNNING, { name: runName, startTime: at(3) });
    run(Run_State.SUCCEEDED, { name: runName, startTime: at(3), endTime: at(7) });
    await new Promise((resolve) => setImmediate(resolve));
  };

  it("has its waiting, its work and its whole, by the times of the run", async () => {
    begin();
    await play();
    const times = spans.map(({ name: span, startMs, endMs }) => [span, startMs, endMs]);
    expect(times).to.deep.equal([
      ["run.queue", 1_000, 3_000],
      ["run", 3_000, 7_000],
      ["message", 1_000, 7_000],
    ]);
  });

  it("ends with the delivery of what was said, and tells why one failed", async () => {
    begin();
    await play();
    const sent = { run: name, createTime: at(7), endTime: at(8), attempts: 2 };
    const error = { reason: ErrorReason.LEASE_EXPIRED, message: "x" };
    event(Event_Change.CREATED, {
      case: "delivery",
      value: create(DeliverySchema, { ...sent, endTime: undefined, state: Delivery_State.QUEUED }),
    });
    event(Event_Change.UPDATED, {
      case: "delivery",
      value: create(DeliverySchema, { ...sent, state: Delivery_State.SENT }),
    });
    event(Event_Change.UPDATED, {
      case: "delivery",
      value: create(DeliverySchema, { ...sent, state: Delivery_State.EXPIRED, error }),
    });
    const [message, ...deliveries] = spans.filter(({ name: span }) => span === "message" || span === "delivery");
    expect(deliveries.map(({ parentSpanId, traceId }) => [parentSpanId, traceId])).to.deep.equal(
      deliveries.map(() => [message?.spanId, message?.traceId]),
    );
    expect(
      deliveries.map(({ startMs, endMs, attributes, error: why }) => [
        startMs,
        endMs,
        attributes["openclaw.outcome"],
        why,
      ]),
    ).to.deep.equal([
      [7_000, 8_000, "SENT", undefined],
      [7_000, 8_000, "EXPIRED", "LEASE_EXPIRED"],
    ]);
  });

  it("is the same trace after a restart, for whoever knows the run", async () => {
    begin();
    await play();
    const [{ traceId } = { traceId: "" }] = spans;
    begin();
    tracer.span("model.call", name).end();
    expect(spans[0]?.traceId).to.equal(traceId);
  });

  it("is taken as a whole or not at all, as often as it is said", async () => {
    begin(0.5);
    for (let index = 0; index < 400; index++) await play(`sessions/main/runs/${index}`);
    expect(spans.length % 3).to.equal(0);
    expect(spans.length / 3).to.be.within(140, 260);
  });
});
