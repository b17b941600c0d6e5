import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { createGatewayClient } from "../../src/client/gateway-client.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, string> }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** What an OpenTelemetry receiver is sent. */
class Collector {
  readonly requests: { url: string; authorization: string; body: string }[] = [];
  readonly #server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const { url = "", headers } = request;
    this.requests.push({ url, authorization: headers.authorization ?? "", body });
    response.end("{}");
  });

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get spans(): WireSpan[] {
    const documents = this.requests.map(({ body }) => JSON.parse(body));
    return documents.flatMap(({ resourceSpans: [{ scopeSpans }] }) => scopeSpans[0].spans as WireSpan[]);
  }
}

describe("traces", function () {
  this.timeout(60_000);
  const collector = new Collector();
  const callers = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
  const said = "a sentence nobody else may read";
  let gateway: GatewayProcess;
  const runs: string[] = [];

  const ask = async (text: string, traceparent?: string): Promise<string> => {
    const client = createGatewayClient({ url: gateway.url, token: gateway.token });
    const parts = [{ kind: { case: "text" as const, value: text } }];
    const headers: HeadersInit = traceparent === undefined ? {} : { traceparent };
    const { run } = await client.runs.createRun({ parent: "sessions/main", parts }, { headers });
    for await (const step of client.followRun(run?.name ?? "")) void step;
    return run?.name ?? "";
  };

  before(async () => {
    const endpoint = await collector.start();
    const otel = {
      enabled: true,
      endpoint: `${endpoint}/`,
      headers: { authorization: "Bearer for-the-collector" },
      serviceName: "mine",
    };
    gateway = await startGatewayProcess({ config: { diagnostics: { otel } } });
    runs.push(await ask(`/tool current_time {}`));
    runs.push(await ask(said, `00-${callers.traceId}-${callers.spanId}-01`));
    runs.push(await ask(said, `00-${"1".repeat(32)}-${callers.spanId}-00`));
    await gateway.stop();
  });
  after(async () => {
    collector.stop();
    if (gateway) await removeHome(gateway.home);
  });

  const spansOf = (run: string | undefined) =>
    collector.spans.filter(({ attributes }) => attributes.some(({ value }) => value.stringValue === run));
  const attribute = (span: WireSpan | undefined, name: string) =>
    Object.values(span?.attributes.find(({ key }) => key === name)?.value ?? {})[0];

  it("are sent to the receiver with its headers, by the service's name, and all when the gateway stops", () => {
    for (const { url, authorization } of collector.requests) {
      expect([url, authorization]).to.deep.equal(["/v1/traces", "Bearer for-the-collector"]);
    }
    expect(collector.requests[0]?.body).to.contain('{"key":"service.name","value":{"stringValue":"mine"}}');
  });

  it("tell of a message from accept to the end of its run: one trace, with each call of a model and a tool", () => {
    const spans = spansOf(runs[0]);
    const byName = new Map(spans.map((span) => [span.name, span]));
    const [message, run] = [byName.get("message"), byName.get("run")];
    expect(spans.map(({ name }) => name).sort()).to.deep.equal(
      ["message", "message.accept", "model.call", "model.call", "run", "run.queue", "tool.call"].sort(),
    );
    expect(new Set(spans.map(({ traceId }) => traceId)).size).to.equal(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).to.equal(spans.length);
    expect(message?.parentSpanId).to.equal("");
    for (const name of ["message.accept", "run.queue", "run"])
      expect(byName.get(name)?.parentSpanId).to.equal(message?.spanId);
    for (const name of ["model.call", "tool.call"]) expect(byName.get(name)?.parentSpanId).to.equal(run?.spanId);
    expect(attribute(byName.get("tool.call"), "gen_ai.tool.name")).to.equal("current_time");
    expect(attribute(run, "gen_ai.request.model")).to.equal("echo/echo");
    expect(attribute(run, "openclaw.outcome")).to.equal("SUCCEEDED");
    for (const span of spans) expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).to.equal(true);
  });

  it("go on the trace of a caller who has one", () => {
    const spans = spansOf(runs[1]);
    expect(spans).to.not.deep.equal([]);
    expect([...new Set(spans.map(({ traceId }) => traceId))]).to.deep.equal([callers.traceId]);
    expect(spans.find(({ name }) => name === "message")?.parentSpanId).to.equal(callers.spanId);
  });

  it("are left out where the caller leaves its own out", () => {
    expect(spansOf(runs[2])).to.deep.equal([]);
  });

  it("hold nothing that was said", () => {
    expect(collector.requests.some(({ body }) => body.includes(said))).to.equal(false);
  });
});
