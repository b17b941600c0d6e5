import { request as httpRequest } from "node:http";
import { Code, createClient } from "@connectrpc/connect";
import * as grpc from "@grpc/grpc-js";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { RunService } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { cursorExpired, invalidField, protectedResource, queueFull } from "../../src/core/errors.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { startTestServer, type TestHandlers, type TestServer } from "../support/test-server.ts";
import { failureOf, wires } from "../support/wires.ts";

const gateway = "/openclaw.gateway.v1.GatewayService";

describe("errors on the wire", () => {
  let server: TestServer;
  let log: RecordingLog;

  async function start(handlers: TestHandlers = {}): Promise<string> {
    log = new RecordingLog();
    server = await startTestServer({ log }, handlers);
    return server.url;
  }

  afterEach(() => server.stop());

  for (const wire of wires) {
    describe(`over ${wire.name}`, () => {
      it("carry code, reason, metadata and details of a failure of a handler", async () => {
        const fail = () => {
          throw queueFull("sessions/main", "20 runs");
        };
        const transport = wire.transport({ baseUrl: await start({ gateway: { getGateway: fail } }) });
        const told = await failureOf(createClient(GatewayService, transport).getGateway({}));
        expect(told).to.deep.include({
          code: Code.ResourceExhausted,
          reasons: ["QUEUE_FULL"],
          metadata: { name: "sessions/main", limit: "20 runs" },
          retrySeconds: 5,
        });
      });

      it("name the wrong field", async () => {
        const fail = async () => {
          throw invalidField("time_zone", "is not an IANA zone");
        };
        const transport = wire.transport({ baseUrl: await start({ gateway: { getUsage: fail } }) });
        const told = await failureOf(createClient(GatewayService, transport).getUsage({}));
        expect(told).to.deep.include({
          code: Code.InvalidArgument,
          reasons: ["FIELD_INVALID"],
          violations: ["time_zone"],
        });
      });

      it("end a stream with its failure, after what was sent before", async () => {
        const watchEvents = async function* () {
          yield { frame: { case: "bookmark" as const, value: { cursor: "a" } } };
          throw cursorExpired("b");
        };
        const transport = wire.transport({ baseUrl: await start({ events: { watchEvents } }) });
        const stream = createClient(EventService, transport).watchEvents({})[Symbol.asyncIterator]();
        expect((await stream.next()).value?.frame.value).to.include({ cursor: "a" });
        const told = await failureOf(stream.next());
        expect(told).to.deep.include({ code: Code.OutOfRange, reasons: ["CURSOR_EXPIRED"] });
        expect(told.metadata).to.deep.equal({ oldest_cursor: "b" });
      });

      it("end a stream that fails before its first message", async () => {
        const watchEvents = () => {
          throw cursorExpired("b");
        };
        const transport = wire.transport({ baseUrl: await start({ events: { watchEvents } }) });
        const stream = createClient(EventService, transport).watchEvents({})[Symbol.asyncIterator]();
        expect((await failureOf(stream.next())).reasons).to.deep.equal(["CURSOR_EXPIRED"]);
      });

      it("hide bugs and leave a log id", async () => {
        const fail = () => {
          throw new TypeError("secret-of-the-bug");
        };
        const transport = wire.transport({ baseUrl: await start({ gateway: { getGateway: fail } }) });
        const told = await failureOf(createClient(GatewayService, transport).getGateway({}));
        expect(told).to.deep.include({ code: Code.Internal, reasons: ["INTERNAL"] });
        expect(JSON.stringify(told)).not.to.include("secret-of-the-bug");
        expect(log.text).to.include("secret-of-the-bug").and.include(told.metadata.log_id);
      });

      it("hide what a handler returned that cannot be encoded", async () => {
        const getGateway = () => ({ gateway: { activeRuns: "text" as unknown as number } });
        const transport = wire.transport({ baseUrl: await start({ gateway: { getGateway } }) });
        const told = await failureOf(createClient(GatewayService, transport).getGateway({}));
        expect(told).to.deep.include({ code: Code.Internal, reasons: ["INTERNAL"] });
        expect(told.message).not.to.include("active");
        expect(log.text)
          .to.match(/active_?runs/i)
          .and.include(told.metadata.log_id);
      });

      it("say that a method is not implemented, a service not known", async () => {
        const transport = wire.transport({ baseUrl: await start() });
        const unimplemented = await failureOf(createClient(GatewayService, transport).listClients({}));
        expect(unimplemented).to.deep.include({ code: Code.Unimplemented, reasons: ["METHOD_UNKNOWN"] });
        const unknown = await failureOf(createClient(RunService, transport).getRun({}));
        expect(unknown).to.deep.include({ code: Code.Unimplemented, reasons: ["METHOD_UNKNOWN"] });
        expect(unknown.message).to.include("/openclaw.gateway.v1.RunService/GetRun");
        const stream = createClient(RunService, transport).watchRun({})[Symbol.asyncIterator]();
        expect(await failureOf(stream.next())).to.deep.include({
          code: Code.Unimplemented,
          reasons: ["METHOD_UNKNOWN"],
        });
      });

      it("tell a caller whose deadline passed", async () => {
        const getGateway = async (_: unknown, context: { signal: AbortSignal }) => {
          await new Promise((_resolve, reject) => {
            context.signal.addEventListener("abort", () => reject(context.signal.reason));
          });
          return {};
        };
        const transport = wire.transport({ baseUrl: await start({ gateway: { getGateway } }) });
        const told = await failureOf(createClient(GatewayService, transport).getGateway({}, { timeoutMs: 30 }));
        expect(told.code).to.equal(Code.DeadlineExceeded);
      });
    });
  }

  async function post(path: string, headers: Record<string, string>, body: string | Uint8Array): Promise<Response> {
    return fetch(`${server.url}${path}`, { method: "POST", headers, body: body as BodyInit });
  }

  async function errorOf(response: Response): Promise<{ code: string; reason?: string; types: string[] }> {
    const { code, details } = (await response.json()) as {
      code: string;
      details: { type: string; debug: { reason?: string } }[];
    };
    return { code, reason: details[0]?.debug.reason, types: details.map(({ type }) => type) };
  }

  const json = { "content-type": "application/json" };
  const proto = { "content-type": "application/proto" };

  it("call a body that is not JSON invalid", async () => {
    await start();
    const response = await post(`${gateway}/GetGateway`, json, "{ nonsense");
    expect(response.status).to.equal(400);
    expect(await errorOf(response)).to.deep.equal({
      code: "invalid_argument",
      reason: "FIELD_INVALID",
      types: ["google.rpc.ErrorInfo", "google.rpc.BadRequest"],
    });
  });

  it("call a body that is not of the method's type invalid, and no bug", async () => {
    await start();
    for (const [headers, body] of [
      [json, '{"timeZone": 7}'],
      [proto, new Uint8Array([0x1a, 0xff, 0xff])],
    ] as const) {
      const response = await post(`${gateway}/GetUsage`, headers, body);
      expect(await errorOf(response)).to.include({ code: "invalid_argument", reason: "FIELD_INVALID" });
    }
    expect(log.lines.filter(({ level }) => level === "error")).to.deep.equal([]);
  });

  it("call a body that is not of its own compression invalid", async () => {
    await start();
    for (const encoding of ["gzip", "br"]) {
      const response = await post(`${gateway}/GetGateway`, { ...json, "content-encoding": encoding }, "{}");
      expect(await errorOf(response), encoding).to.include({ code: "invalid_argument", reason: "FIELD_INVALID" });
    }
  });

  it("refuse a compression nobody knows, and name those there are", async () => {
    await start();
    const response = await post(`${gateway}/GetGateway`, { ...json, "content-encoding": "snappy" }, "{}");
    const { code, message } = (await response.json()) as { code: string; message: string };
    expect(code).to.equal("unimplemented");
    expect(message).to.include("gzip").and.include("br");
  });

  it("answer 404 to an unknown method, 405 to a wrong HTTP method, 415 to an unknown content type", async () => {
    await start();
    expect((await post(`${gateway}/Nothing`, json, "{}")).status).to.equal(404);
    expect((await fetch(`${server.url}${gateway}/GetGateway`, { method: "PUT", body: "{}" })).status).to.equal(405);
    expect((await post(`${gateway}/GetGateway`, { "content-type": "text/html" }, "{}")).status).to.equal(415);
  });

  it("say where to look to somebody who opens an unknown page", async () => {
    await start();
    for (const path of ["/", "/favicon.ico", "/openclaw.gateway.v1.GatewayService/Nothing", "//x", "/%00"]) {
      const response = await fetch(`${server.url}${path}`);
      expect(response.status, path).to.equal(404);
      expect(await response.text())
        .to.include("/openclaw.gateway.v1.")
        .and.include("/healthz");
    }
  });

  it("answer a Connect GET of a reading method, and refuse one of a writing method", async () => {
    await start();
    const get = (method: string) => fetch(`${server.url}${method}?connect=v1&encoding=json&message=%7B%7D`);
    const answer = await get(`${gateway}/GetGateway`);
    expect(await answer.json()).to.deep.include({ cursor: "head" });
    expect(answer.headers.get("cache-control")).to.equal("no-store");
    expect((await get("/openclaw.gateway.v1.SessionService/CreateSession")).status).to.equal(405);
    const unknown = await get(`${gateway}/Nothing`);
    expect(await errorOf(unknown)).to.include({ code: "unimplemented", reason: "METHOD_UNKNOWN" });
  });

  it("refuse a Connect GET whose message is not the base64 it says it is, as the caller's fault", async () => {
    await start();
    const answer = await fetch(`${server.url}${gateway}/GetGateway?connect=v1&encoding=json&base64=1&message=%25`);
    expect(answer.status).to.equal(400);
    expect(await errorOf(answer)).to.include({ code: "invalid_argument", reason: "FIELD_INVALID" });
    expect(log.lines.filter(({ level }) => level === "error")).to.deep.equal([]);
    const good = await fetch(`${server.url}${gateway}/GetGateway?connect=v1&encoding=json&base64=1&message=e30`);
    expect(await good.json()).to.deep.include({ cursor: "head" });
  });

  it("refuse gRPC over HTTP/1.1 with 505", async () => {
    await start();
    for (const type of ["application/grpc", "application/grpc+proto", "application/grpc;x=y"]) {
      for (const path of [`${gateway}/GetGateway`, "/unknown.Service/Method", "/"]) {
        expect((await post(path, { "content-type": type }, new Uint8Array(5))).status, `${type} ${path}`).to.equal(505);
      }
    }
  });

  it("carry a message to grpc-js as it was written", async () => {
    const text = "sessions/main: 100 % of the queue, \u00fcber alles \u{1f600}";
    const fail = () => {
      throw protectedResource(text, "is safe");
    };
    await start({ gateway: { getGateway: fail } });
    const client = new grpc.Client(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
    const identity = (bytes: Buffer) => bytes;
    const error = await new Promise<grpc.ServiceError | null>((resolve) =>
      client.makeUnaryRequest(`${gateway}/GetGateway`, identity, identity, Buffer.alloc(0), resolve),
    );
    client.close();
    expect(error?.code).to.equal(grpc.status.FAILED_PRECONDITION);
    expect(error?.details).to.equal(`${text} is safe`);
  });

  it("close the connection of an HTTP/1.1 client that got a 505, so that it does not send on", async () => {
    await start();
    const connection = await new Promise((resolve, reject) => {
      const headers = { "content-type": "application/grpc" };
      const options = { port: server.port, host: "127.0.0.1", method: "POST", path: "/", headers };
      httpRequest(options, (response) => resolve(response.headers.connection))
        .on("error", reject)
        .end();
    });
    expect(connection).to.equal("close");
  });
});
