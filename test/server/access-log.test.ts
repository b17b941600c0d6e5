import { createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { notFound } from "../../src/core/errors.ts";
import { type LogLine, RecordingLog } from "../support/recording-log.ts";
import { TestClock } from "../support/test-clock.ts";
import { startTestServer, type TestHandlers, type TestServer, testToken } from "../support/test-server.ts";
import { until } from "../support/until.ts";
import { failureOf, wires } from "../support/wires.ts";

describe("the access log", () => {
  let server: TestServer;
  let log: RecordingLog;
  let clock: TestClock;

  async function start(handlers: TestHandlers = {}): Promise<void> {
    log = new RecordingLog();
    clock = new TestClock();
    server = await startTestServer({ log, clock, auth: { mode: "token", secret: testToken } }, handlers);
  }

  afterEach(() => server.stop());

  const transport = (index = 0, authorization = `Bearer ${testToken}`) =>
    wires[index]!.transport({ baseUrl: server.url, authorization });
  const calls = (): LogLine[] => log.lines.filter(({ fields }) => "method" in fields);
  /** The lines of calls once there is one: the caller may have its answer before. */
  const logged = async (): Promise<LogLine[]> => {
    await until(() => calls().length > 0, "a call is logged");
    return calls();
  };

  for (const [index, wire] of wires.entries()) {
    it(`has one debug line for a call over ${wire.name}`, async () => {
      await start();
      await createClient(GatewayService, transport(index)).getGateway({});
      expect(await logged()).to.have.length(1);
      expect(calls()[0]).to.include({ level: "debug" });
      expect(calls()[0]?.fields).to.include({
        method: "openclaw.gateway.v1.GatewayService/GetGateway",
        protocol: wire.protocol,
        http: `HTTP/${wire.http}`,
        principal: "token",
        status: "OK",
      });
    });

    it(`tells how a call over ${wire.name} failed`, async () => {
      const fail = () => {
        throw notFound("runs/1");
      };
      await start({ gateway: { getGateway: fail } });
      await failureOf(createClient(GatewayService, transport(index)).getGateway({}));
      expect((await logged())[0]?.fields).to.include({ status: "NotFound", principal: "token" });
    });
  }

  it("warns of unary calls that took five seconds", async () => {
    const getGateway = () => {
      clock.advance(5_000);
      return {};
    };
    await start({ gateway: { getGateway } });
    await createClient(GatewayService, transport()).getGateway({});
    expect((await logged())[0]).to.include({ level: "warn", message: "a call was slow" });
  });

  it("does not warn of streams, however long they were", async () => {
    const watchEvents = async function* () {
      yield {};
      clock.advance(60_000);
    };
    await start({ events: { watchEvents } });
    for await (const _ of createClient(EventService, transport()).watchEvents({}));
    expect((await logged())[0]).to.include({ level: "debug" });
    expect(calls()[0]?.fields).to.include({ status: "OK" });
  });

  it("says that a caller went away", async () => {
    await start();
    const stop = new AbortController();
    const stream = createClient(EventService, transport()).watchEvents({}, { signal: stop.signal });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    stop.abort();
    await failureOf(iterator.next());
    expect((await logged())[0]?.fields).to.include({ status: "Canceled" });
  });

  it("names no principal for a call that was not let in, and warns of its credential", async () => {
    await start();
    await failureOf(createClient(GatewayService, transport(0, "Bearer wrong")).getGateway({}));
    expect((await logged())[0]?.fields).to.include({ principal: "", status: "Unauthenticated" });
    expect(log.lines.find(({ level }) => level === "warn")?.fields).to.include({ peer: "127.0.0.1" });
  });

  it("has a line for an unknown method, which is cut short", async () => {
    await start();
    const headers = { "content-type": "application/json" };
    const path = `/openclaw.gateway.v1.GatewayService/${"x".repeat(5_000)}`;
    await fetch(server.url + path, { method: "POST", headers, body: "{}" });
    const line = log.lines.find(({ message }) => message === "call refused");
    expect(line?.fields.reason).to.equal("METHOD_UNKNOWN");
    expect(String(line?.fields.path)).to.have.length(200);
  });
});
