import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { type EndedSpan, OtlpTraces } from "../../../src/lib/telemetry/otlp-traces.ts";
import { RecordingLog } from "../../support/recording-log.ts";

const span: EndedSpan = {
  traceId: "1".repeat(32),
  spanId: "2".repeat(16),
  parentSpanId: "",
  name: "work",
  startMs: 1_000,
  endMs: 1_002.5,
  attributes: { text: "a", whole: 3, part: 0.5, yes: true },
  error: "NO_LUCK",
};

describe("OTLP traces", () => {
  let server: Server;
  let endpoint: string;
  let status = 200;
  const bodies: string[] = [];
  const log = new RecordingLog();
  const make = (address = endpoint) =>
    new OtlpTraces({ endpoint: address, headers: {}, serviceName: "s", version: "1", log });

  before(async () => {
    server = createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      bodies.push(body);
      response.writeHead(status).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    status = 200;
    bodies.length = 0;
    log.lines.length = 0;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("are written as OpenTelemetry's JSON", async () => {
    const traces = make();
    traces.add(span);
    await traces.flush();
    const [{ scopeSpans }] = JSON.parse(bodies[0] ?? "").resourceSpans;
    expect(scopeSpans[0].spans).to.deep.equal([
      {
        traceId: "1".repeat(32),
        spanId: "2".repeat(16),
        parentSpanId: "",
        name: "work",
        kind: 1,
        startTimeUnixNano: "1000000000",
        endTimeUnixNano: "1002500000",
        attributes: [
          { key: "text", value: { stringValue: "a" } },
          { key: "whole", value: { intValue: "3" } },
          { key: "part", value: { doubleValue: 0.5 } },
          { key: "yes", value: { boolValue: true } },
        ],
        status: { code: 2, message: "NO_LUCK" },
      },
    ]);
  });

  it("are sent in batches", async () => {
    const traces = make();
    for (let index = 0; index < 1_100; index++) traces.add(span);
    await traces.flush();
    expect(bodies.map((body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans.length)).to.deep.equal([
      512, 512, 76,
    ]);
  });

  it("that nobody takes are counted, and told once", async () => {
    const traces = make("http://127.0.0.1:1");
    for (let round = 0; round < 3; round++) {
      traces.add(span);
      await traces.flush();
    }
    expect([traces.dropped, log.lines.length]).to.deep.equal([3, 1]);
    status = 503;
    const refused = make();
    refused.add(span);
    await refused.flush();
    expect(refused.dropped).to.equal(1);
  });

  it("are bounded while they wait", async () => {
    const traces = make();
    for (let index = 0; index < 5_000; index++) traces.add(span);
    expect(traces.dropped).to.equal(5_000 - 4_096);
    await traces.flush();
  });
});
