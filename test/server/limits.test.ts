import { connect as connectHttp2 } from "node:http2";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { Code, createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";
import type { LimitOverrides } from "../../src/server/server-options.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { aborted, startTestServer, type TestHandlers, type TestServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";
import { failureOf, protocols, wires } from "../support/wires.ts";

const kib = 1024;
const createSession = "/openclaw.gateway.v1.SessionService/CreateSession";
const compressions = { gzip: promisify(gzip), br: promisify(brotliCompress) };

describe("limits", () => {
  let server: TestServer;

  async function start(limits: LimitOverrides, handlers: TestHandlers = {}): Promise<string> {
    server = await startTestServer({ limits }, handlers);
    return server.url;
  }

  afterEach(() => server.stop());

  for (const wire of wires) {
    it(`refuse a message that is too large over ${wire.name}, and keep the connection usable`, async () => {
      const transport = wire.transport({ baseUrl: await start({ sizes: { messageBytes: 64 * kib } }) });
      const client = createClient(SessionService, transport);
      const told = await failureOf(client.createSession({ session: { title: "x".repeat(200 * kib) } }));
      expect(told).to.deep.include({ code: Code.ResourceExhausted, reasons: ["TOO_LARGE"] });
      expect(told.message).to.match(/^the request is larger than 655\d\d bytes; send less at a time$/);
      expect(told.metadata)
        .to.have.property("limit")
        .that.matches(/^655\d\d$/);
      const { session } = await client.createSession({ session: { title: "y".repeat(60 * kib) } });
      expect(session?.title).to.have.length(60 * kib);
    });
  }

  it("refuse a large message by its declared length, before it is sent", async () => {
    await start({ sizes: { messageBytes: 64 * kib } });
    const connection = await RawConnection.open(server.port);
    connection.write(`POST ${createSession} HTTP/1.1\r\nHost: localhost\r\n`);
    connection.write("Content-Type: application/json\r\nContent-Length: 999999999999\r\n\r\n");
    const answer = await connection.until(/TOO_LARGE/);
    expect(answer).to.match(/^HTTP\/1.1 429 /);
    connection.socket.destroy();
  });

  it("refuse a large message without a declared length, and let its sender read the answer", async () => {
    const url = await start({ sizes: { messageBytes: 64 * kib } });
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(32 * kib).fill(32));
        if (this.sent++ > 30) controller.close();
      },
      sent: 0,
    } as UnderlyingDefaultSource<Uint8Array> & { sent: number });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
    const response = await fetch(url + createSession, init as RequestInit);
    expect(response.status).to.equal(429);
    expect(await response.text()).to.include("TOO_LARGE");
  });

  for (const [name, compress] of Object.entries(compressions)) {
    it(`refuse a small message that ${name} makes large, in one piece and in an envelope`, async () => {
      const url = await start({ sizes: { messageBytes: 64 * kib } });
      const bomb = await compress(Buffer.alloc(8 * 1024 * kib));
      expect(bomb.length).to.be.below(64 * kib);
      const headers = { "content-type": "application/json", "content-encoding": name };
      const response = await fetch(url + createSession, { method: "POST", headers, body: new Uint8Array(bomb) });
      expect(response.status).to.equal(429);
      expect(await response.text()).to.include("TOO_LARGE");

      const envelope = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), bomb]);
      envelope.writeUInt32BE(bomb.length, 1);
      const web = { "content-type": "application/grpc-web+proto", "grpc-encoding": name };
      const answer = await fetch(url + createSession, { method: "POST", headers: web, body: new Uint8Array(envelope) });
      expect(await answer.text()).to.match(/grpc-status: 8/i);
    });
  }

  it("refuse an envelope that announces a large message", async () => {
    const url = await start({ sizes: { messageBytes: 64 * kib } });
    const body = new Uint8Array([0, 0xff, 0xff, 0xff, 0xff]);
    const headers = { "content-type": "application/grpc-web+proto" };
    const answer = await fetch(url + createSession, { method: "POST", headers, body });
    expect(await answer.text()).to.match(/grpc-status: 8/i);
  });

  for (const wire of protocols) {
    it(`answer a unary call that takes too long over ${wire.name}, and tell its handler to stop`, async () => {
      let stopped: unknown;
      const getGateway = async (_: unknown, { signal }: { signal: AbortSignal }) => {
        await aborted(signal);
        stopped = signal.reason;
        return {};
      };
      const transport = wire.transport({
        baseUrl: await start({ times: { unaryMs: 50 } }, { gateway: { getGateway } }),
      });
      const told = await failureOf(createClient(GatewayService, transport).getGateway({}));
      expect(told).to.deep.include({ code: Code.DeadlineExceeded, reasons: ["DEADLINE"] });
      expect(told.metadata).to.deep.equal({ limit_ms: "50" });
      expect(stopped).to.have.property("code", Code.DeadlineExceeded);
      await until(() => server.server.clients()[0]?.openCalls === 0, "the call is over");
    });
  }

  it("answer a unary call whose handler heeds nothing", async () => {
    const getGateway = () => new Promise<never>(() => {});
    const [wire] = wires;
    const transport = wire!.transport({
      baseUrl: await start({ times: { unaryMs: 50 } }, { gateway: { getGateway } }),
    });
    const told = await failureOf(createClient(GatewayService, transport).getGateway({}));
    expect(told.reasons).to.deep.equal(["DEADLINE"]);
  });

  for (const [method, contentType] of [
    ["GatewayService/GetGateway", "application/json"],
    ["GatewayService/GetGateway", "application/grpc"],
    ["EventService/WatchEvents", "application/grpc"],
    ["EventService/WatchEvents", "application/connect+json"],
  ]) {
    it(`end a call of ${method} as ${contentType} whose request never ends`, async () => {
      const session = connectHttp2(await start({ times: { unaryMs: 50, requestMs: 50 } }));
      const headers = { ":method": "POST", ":path": `/openclaw.gateway.v1.${method}`, "content-type": contentType };
      const stream = session.request(headers);
      stream.write("{");
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      const answered = new Promise((resolve) => stream.once("response", resolve));
      const closed = new Promise((resolve) => stream.once("close", resolve));
      const received = JSON.stringify(await answered);
      await closed;
      expect(received + Buffer.concat(chunks).toString()).to.match(/grpc-status":"4"|deadline_exceeded/);
      session.destroy();
    });
  }

  it("leave a stream alone once its request has arrived", async () => {
    const [wire] = wires;
    const watchEvents = async function* (_: unknown, { signal }: { signal: AbortSignal }) {
      yield { frame: { case: "bookmark" as const, value: { cursor: "a" } } };
      await Promise.race([aborted(signal), new Promise((resolve) => setTimeout(resolve, 500))]);
      yield { frame: { case: "bookmark" as const, value: { cursor: signal.aborted ? "aborted" : "b" } } };
    };
    const limits = { times: { unaryMs: 200, requestMs: 200 } };
    const transport = wire!.transport({ baseUrl: await start(limits, { events: { watchEvents } }) });
    const cursors = [];
    for await (const { frame } of createClient(EventService, transport).watchEvents({})) {
      cursors.push(frame.case === "bookmark" ? frame.value.cursor : frame.case);
    }
    expect(cursors).to.deep.equal(["a", "b"]);
  });

  it("refuse a stream beyond those one principal may hold, and let it in when one has ended", async () => {
    const wire = wires.find(({ name }) => name === "gRPC over HTTP/2")!;
    const transport = wire.transport({ baseUrl: await start({ counts: { streamsPerPrincipal: 3 } }) });
    const client = createClient(EventService, transport);
    const stops = Array.from({ length: 3 }, () => new AbortController());
    const open = stops.map(({ signal }) => client.watchEvents({}, { signal })[Symbol.asyncIterator]());
    for (const stream of open) expect((await stream.next()).done).to.equal(false);
    const told = await failureOf(client.watchEvents({})[Symbol.asyncIterator]().next());
    expect(told).to.deep.include({ code: Code.ResourceExhausted, reasons: ["TOO_MANY_STREAMS"], retrySeconds: 1 });
    expect(told.metadata).to.deep.equal({ limit: "3" });

    stops[0]?.abort();
    await failureOf(open[0]!.next());
    while (server.server.clients()[0]?.openCalls !== 2) await new Promise((resolve) => setTimeout(resolve, 2));
    const next = client.watchEvents({}, { signal: stops[1]!.signal })[Symbol.asyncIterator]();
    expect((await next.next()).done).to.equal(false);
    for (const stop of stops) stop.abort();
  });

  it("give back the places of streams whose connections were cut", async () => {
    const [wire] = wires;
    const url = await start({ counts: { streams: 2 } });
    for (let round = 0; round < 5; round += 1) {
      const connection = await RawConnection.open(server.port);
      connection.write("POST /openclaw.gateway.v1.EventService/WatchEvents HTTP/1.1\r\nHost: localhost\r\n");
      connection.write("Content-Type: application/connect+json\r\nContent-Length: 7\r\n\r\n\0\0\0\0\x02{}");
      await connection.until(/bookmark/);
      connection.socket.resetAndDestroy();
      while (server.server.clients().length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const stream = createClient(EventService, wire!.transport({ baseUrl: url }))
      .watchEvents({})
      [Symbol.asyncIterator]();
    expect((await stream.next()).done).to.equal(false);
  });

  it("close connections beyond those there may be, and accept again when one has ended", async () => {
    await start({ counts: { connections: 3 } });
    const open = await Promise.all(Array.from({ length: 3 }, () => RawConnection.open(server.port)));
    const extra = await RawConnection.open(server.port);
    expect(await extra.untilClosed()).to.equal("");
    open[0]?.socket.destroy();
    await open[0]?.closed;
    for (let answer = ""; !answer.includes("200 OK"); ) {
      const next = await RawConnection.open(server.port);
      next.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      answer = await next.untilClosed();
    }
    for (const { socket } of open) socket.destroy();
  });

  it("offer as many calls on one HTTP/2 connection as allowed", async () => {
    const session = connectHttp2(await start({ counts: { callsPerConnection: 17 } }));
    const settings = await new Promise<{ maxConcurrentStreams?: number }>((resolve) =>
      session.once("remoteSettings", resolve),
    );
    expect(settings.maxConcurrentStreams).to.equal(17);
    session.destroy();
  });

  for (const state of ["starting"] as const) {
    for (const wire of wires) {
      it(`refuse calls over ${wire.name} while the gateway is ${state}, and say when to come back`, async () => {
        const transport = wire.transport({ baseUrl: await start({}) });
        server.current = { state, reason: "opening the store" };
        const told = await failureOf(createClient(GatewayService, transport).getGateway({}));
        expect(told).to.deep.include({ code: Code.Unavailable, reasons: ["STARTING"], retrySeconds: 1 });
      });
    }
  }

  for (const state of ["draining", "readOnly"] as const) {
    it(`serve calls while the gateway is ${state}`, async () => {
      const [wire] = wires;
      const transport = wire!.transport({ baseUrl: await start({}) });
      server.current = { state, reason: "because" };
      expect((await createClient(GatewayService, transport).getGateway({})).cursor).to.equal("head");
    });
  }
});
