/** From a change to everybody who watches: 200 watchers on connections of their own. */

import { fromBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { WatchEventsResponseSchema } from "../../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { type BenchClient, connectBenchClient } from "../gateway/bench-client.ts";
import { withGateway } from "../gateway/bench-gateway.ts";
import { EventWatcher } from "../gateway/event-watcher.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { quantile } from "../statistics.ts";

const watcherCount = 200;
const warmUpChanges = 20;
const changes = 100;
const markLength = 12;

/** Changes the title of a session again and again and sees when each watcher gets the event. */
export function measureFanOut(): Promise<Row[]> {
  return withGateway({}, async (gateway) => {
    const client = connectBenchClient(gateway);
    const arrivals = new Arrivals();
    const watchers: EventWatcher[] = [];
    try {
      for (let index = 0; index < watcherCount; index++) watchers.push(await EventWatcher.open(gateway, arrivals.add));
      const latencies: Latency[] = [];
      for (let change = 0; change < warmUpChanges + changes; change++) {
        const seen = await changeAndWait(client, arrivals, change);
        if (change >= warmUpChanges) latencies.push(...seen);
      }
      return rowsOf(latencies);
    } finally {
      for (const watcher of watchers) watcher.close();
      client.close();
    }
  });
}

interface Latency {
  readonly sinceCallMs: number;
  readonly sinceCommitMs: number;
}

/** Collects when the event with the current mark came, once a watcher. */
class Arrivals {
  #mark = Buffer.alloc(0);
  #times: number[] = [];
  #chunk: Buffer | undefined;
  #done: () => void = () => {};

  /** Forgets what came; `all` resolves when every watcher has had the mark. */
  expect(mark: string): { readonly all: Promise<void> } {
    this.#mark = Buffer.from(mark);
    this.#times = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#done = resolve;
    return { all: promise };
  }

  readonly add = (chunk: Buffer, receivedMs: number): void => {
    if (!chunk.includes(this.#mark)) return;
    this.#chunk = chunk;
    this.#times.push(receivedMs);
    if (this.#times.length === watcherCount) this.#done();
  };

  /** When it came (performance.now). */
  get times(): readonly number[] {
    return this.#times;
  }

  /** When the gateway recorded the event, just before its commit (performance.now; the clock it is read from has whole ms). */
  get recordedMs(): number {
    const frame = this.#chunk?.subarray(5, 5 + (this.#chunk?.readUInt32BE(1) ?? 0)) ?? Buffer.alloc(0);
    const { frame: decoded } = fromBinary(WatchEventsResponseSchema, frame);
    const time = decoded.case === "batch" ? decoded.value.events[0]?.time : undefined;
    if (time === undefined) throw new Error("the watchers got something else than events");
    return timestampMs(time) - (Date.now() - performance.now());
  }
}

async function changeAndWait(client: BenchClient, arrivals: Arrivals, change: number): Promise<Latency[]> {
  const title = `mark${change}`.padEnd(markLength, ".");
  const { all } = arrivals.expect(title);
  const calledMs = performance.now();
  await Promise.all([client.sessions.updateSession({ session: { name: "sessions/main", title } }), all]);
  const { recordedMs } = arrivals;
  return arrivals.times.map((ms) => ({ sinceCallMs: ms - calledMs, sinceCommitMs: ms - recordedMs }));
}

function rowsOf(latencies: readonly Latency[]): Row[] {
  const sinceCommit = latencies.map((latency) => latency.sinceCommitMs);
  const sinceCall = latencies.map((latency) => latency.sinceCallMs);
  const how = `${changes} changes × ${watcherCount} watchers, each on its own HTTP/2 connection, all in one client process`;
  return [
    {
      what: "event to 200 watchers p50",
      unit: "ms",
      value: quantile(sinceCommit, 0.5),
      ...promises.fanOut,
      how: `from before the commit; ${how}`,
    },
    { what: "event to 200 watchers p99", unit: "ms", value: quantile(sinceCommit, 0.99), how },
    { what: "event to 200 watchers p50", unit: "ms", value: quantile(sinceCall, 0.5), how: `from the call; ${how}` },
  ];
}
