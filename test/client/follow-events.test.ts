import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { expect } from "chai";
import {
  EventService,
  type WatchEventsRequest,
  type WatchEventsResponseSchema,
} from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import {
  CursorLostError,
  createGatewayClient,
  type EventStep,
  type FollowEventsOptions,
  gatewayErrorFrom,
} from "../../src/client/gateway-client.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { gatewayFailure, starting, TestGateway } from "../support/test-gateway.ts";

/** A log of `length` events, read in batches of 3; the cursor is the number of events read. */
class FakeLog {
  length = 0;
  requests: WatchEventsRequest[] = [];
  /** Called before each batch. */
  onBatch: () => void | Promise<void> = () => {};
  /** Called before the first frame. */
  onOpen: () => void = () => {};
  /** Batches a stream sends before it ends with OK. */
  batchesPerStream = Number.POSITIVE_INFINITY;

  async *watch(request: WatchEventsRequest): AsyncGenerator<MessageInitShape<typeof WatchEventsResponseSchema>> {
    this.requests.push(request);
    this.onOpen();
    let at = request.cursor === "" ? 0 : Number(request.cursor);
    yield { frame: { case: "bookmark", value: { cursor: String(at), live: false } } };
    for (let batch = 0; at < this.length; batch += 1) {
      if (batch === this.batchesPerStream) return;
      await this.onBatch();
      const events = [];
      for (; at < this.length && events.length < 3; at += 1)
        events.push({ sequence: BigInt(at + 1), subject: `sessions/s${at}` });
      yield { frame: { case: "batch", value: { events, cursor: String(at) } } };
    }
    yield { frame: { case: "bookmark", value: { cursor: String(at), live: true } } };
    yield { frame: { case: "signal", value: { kind: { case: "delta", value: { text: "hm" } } } } };
    await new Promise(() => {});
  }
}

let log = new FakeLog();
const gateway = new TestGateway((router) => {
  router.service(EventService, { watchEvents: (request) => log.watch(request) });
});

/** Reads until the log is live, or to the failure. */
async function readToLive(url: string, options: FollowEventsOptions = {}): Promise<EventStep[]> {
  const steps: EventStep[] = [];
  for await (const step of createGatewayClient({ url }).followEvents(options)) {
    steps.push(step);
    if (step.kind === "bookmark" && step.live) break;
  }
  return steps;
}
const sequences = (steps: EventStep[]): number[] =>
  steps.flatMap((step) => (step.kind === "event" ? [Number(step.event.sequence)] : []));
const upTo = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);

describe("followEvents", () => {
  let url: string;
  before(async () => {
    url = await gateway.start();
  });
  after(() => gateway.stop());
  beforeEach(() => {
    log = new FakeLog();
    log.length = 20;
  });

  it("yields events, bookmarks and signals", async () => {
    log.length = 2;
    const kinds: string[] = [];
    for await (const step of createGatewayClient({ url }).followEvents({ includeSignals: true })) {
      kinds.push(step.kind === "bookmark" ? `bookmark ${step.cursor}` : step.kind);
      if (step.kind === "signal") break;
    }
    expect(kinds).to.deep.equal(["bookmark 0", "event", "event", "bookmark 2", "bookmark 2", "signal"]);
  });

  it("passes on cursor, subjects and the wish for signals", async () => {
    await readToLive(url, { cursor: "7", subjects: ["sessions/*"], includeSignals: true });
    expect(log.requests[0]).to.deep.include({ cursor: "7", subjects: ["sessions/*"], includeSignals: true });
  });

  it("goes on at the last cursor when the gateway ends the stream", async () => {
    log.batchesPerStream = 2;
    const steps = await readToLive(url, { cursor: "0" });
    expect(sequences(steps)).to.deep.equal(upTo(20));
    expect(log.requests.map((request) => request.cursor)).to.deep.equal(["0", "6", "12", "18"]);
  });

  it("goes on at the last cursor after a silence", async () => {
    log.onBatch = () => (log.requests.length < 3 ? new Promise(() => {}) : undefined);
    expect(sequences(await readToLive(url, { cursor: "0", silenceMs: 400 }))).to.deep.equal(upTo(20));
    expect(log.requests).to.have.length(3);
  });

  it("waits through any silence when that is to be endless", async () => {
    log.onBatch = () => new Promise((resolve) => setTimeout(resolve, 20));
    const silenceMs = Number.POSITIVE_INFINITY;
    expect(sequences(await readToLive(url, { cursor: "0", silenceMs }))).to.deep.equal(upTo(20));
    expect(log.requests).to.have.length(1);
  });

  it("yields every event once, in order, when the connection is cut at random bytes", async () => {
    log.length = 120;
    const proxy = new CuttingProxy(gateway.port);
    let connections = 0;
    proxy.nextLimit = () => {
      connections += 1;
      return 250 + ((connections * 7919) % 900);
    };
    await proxy.start();
    try {
      expect(sequences(await readToLive(proxy.url, { cursor: "0" }))).to.deep.equal(upTo(120));
      expect(proxy.cuts).to.be.greaterThan(2);
    } finally {
      await proxy.stop();
    }
  });

  for (const reason of ["CURSOR_EXPIRED", "CURSOR_FOREIGN"]) {
    it(`throws a CursorLostError on ${reason}`, async () => {
      log.onBatch = () => {
        throw gatewayFailure(Code.OutOfRange, reason, { metadata: { oldest_cursor: "9" } });
      };
      const failure = await readToLive(url).catch(gatewayErrorFrom);
      expect(failure).to.be.instanceOf(CursorLostError).and.to.include({ reason });
      expect(failure).to.have.nested.property("metadata.oldest_cursor", "9");
    });
  }

  it("waits for a free stream when it was cut off, but not on its first try", async () => {
    const full = gatewayFailure(Code.ResourceExhausted, "TOO_MANY_STREAMS", { retryAfterMs: 1 });
    let batches = 0;
    log.onBatch = () => {
      batches += 1;
      if (batches === 2) throw starting();
      if (batches === 3) throw full;
    };
    expect(sequences(await readToLive(url, { cursor: "0" }))).to.deep.equal(upTo(20));
    log = new FakeLog();
    log.length = 1;
    log.onOpen = () => {
      throw full;
    };
    expect(await readToLive(url).catch(gatewayErrorFrom)).to.include({ reason: "TOO_MANY_STREAMS" });
  });
});
