import { setTimeout as sleep } from "node:timers/promises";
import { create, type DescService, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, type ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import { Health, HealthCheckResponse_ServingStatus } from "../../gen/health/v1/health_pb.ts";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { CreateRunRequestSchema, RunService } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";
import { nodeTransport } from "../../src/cli/link/node-transport.ts";
import * as library from "../../src/client/gateway-client.ts";
import { createGatewayClient, GatewayError, gatewayErrorFrom } from "../../src/client/gateway-client.ts";
import { services } from "../../src/client/services.ts";
import { contractMethods } from "../support/contract-methods.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { gatewayFailure, starting, TestGateway } from "../support/test-gateway.ts";
import { until } from "../support/until.ts";

/** What the next calls fail with, one each. */
let failures: ConnectError[] = [];
let requestIds: string[] = [];
const failOr = <T>(answer: T): T => {
  const failure = failures.shift();
  if (failure) throw failure;
  return answer;
};
const server = new TestGateway((router) => {
  router.service(GatewayService, {
    getGateway: () => failOr({ cursor: "c1" }),
    listClients: () => new Promise(() => {}),
  });
  router.service(Health, { check: () => failOr({ status: HealthCheckResponse_ServingStatus.SERVING }) });
  router.service(SessionService, { deleteSession: () => failOr({}) });
  router.service(RunService, {
    createRun: (request) => {
      requestIds.push(request.requestId);
      return failOr({ message: "sessions/main/messages/1" });
    },
  });
  router.service(EventService, {
    async *watchEvents() {
      await new Promise(() => {});
      yield {};
    },
  });
});

async function failureOf(call: Promise<unknown>): Promise<GatewayError> {
  try {
    await call;
  } catch (thrown) {
    return gatewayErrorFrom(thrown);
  }
  throw new Error("the call succeeded");
}

describe("GatewayClient", () => {
  let url: string;
  before(async () => {
    url = await server.start();
  });
  after(async () => {
    await server.stop();
  });
  beforeEach(() => {
    failures = [];
    requestIds = [];
    server.calls.length = 0;
  });

  for (const [name, transport] of [
    ["fetch", () => undefined],
    ["a node transport", (to: string) => createConnectTransport({ baseUrl: to, httpVersion: "1.1" })],
    ["the command line's transport", (to: string) => nodeTransport(to)],
  ] as const) {
    describe(`over ${name}`, () => {
      const client = (more: object = {}) => createGatewayClient({ url, transport: transport(url), ...more });

      it("answers a call", async () => {
        expect((await client().gateway.getGateway({})).cursor).to.equal("c1");
      });

      it("retries a call without side effects while the gateway is unavailable", async () => {
        failures = [starting(), starting()];
        expect((await client().gateway.getGateway({})).cursor).to.equal("c1");
        expect(server.calls).to.have.length(3);
      });

      it("retries an idempotent call with the same request_id", async () => {
        failures = [starting(), starting()];
        await client().runs.createRun({ parent: "sessions/main" });
        expect(requestIds).to.have.length(3);
        expect(new Set(requestIds).size).to.equal(1);
        expect(requestIds[0]).to.match(/^[0-9a-f-]{36}$/);
      });

      it("does not retry what the gateway refused", async () => {
        failures = [gatewayFailure(Code.NotFound, "NOT_FOUND", { metadata: { name: "sessions/x" } })];
        const failure = await failureOf(client().sessions.deleteSession({ name: "sessions/x" }));
        expect(failure).to.include({ code: Code.NotFound, reason: "NOT_FOUND", message: "NOT_FOUND it is" });
        expect(failure.metadata).to.deep.equal({ name: "sessions/x" });
        expect(server.calls).to.have.length(1);
      });

      it("does not retry a method that is not declared repeatable", async () => {
        failures = [starting()];
        const health = createClient(Health, client().transport);
        expect((await failureOf(health.check({}))).reason).to.equal("STARTING");
        expect(server.calls).to.have.length(1);
      });

      it("gives up at its timeout with the last failure", async () => {
        const last = gatewayFailure(Code.Unavailable, "DRAINING", { retryAfterMs: 60_000 });
        failures = [starting(), starting(), last];
        const failure = await failureOf(client({ timeoutMs: 30_000 }).gateway.getGateway({}));
        expect(failure).to.include({ code: Code.Unavailable, reason: "DRAINING", retryAfterMs: 60_000 });
        expect(server.calls).to.have.length(3);
      });

      it("gives up at its timeout when nobody answers", async () => {
        const failure = await failureOf(client({ timeoutMs: 100 }).gateway.listClients({}));
        expect(failure.code).to.equal(Code.DeadlineExceeded);
      });

      it("gives up opening a stream at its timeout", async () => {
        const frames = client({ timeoutMs: 100 }).events.watchEvents({})[Symbol.asyncIterator]();
        expect((await failureOf(frames.next())).code).to.equal(Code.DeadlineExceeded);
      });

      it("opens a stream for as long as it takes when there is no timeout, or one of many days", async () => {
        for (const timeoutMs of [0, 30 * 86_400_000, Number.POSITIVE_INFINITY]) {
          const leave = new AbortController();
          const frames = client({ timeoutMs }).events.watchEvents({}, { signal: leave.signal })[Symbol.asyncIterator]();
          const ended = failureOf(frames.next());
          expect(await Promise.race([ended, sleep(50, "open")]), String(timeoutMs)).to.equal("open");
          leave.abort();
          await ended;
          expect(await client({ timeoutMs }).gateway.getGateway({})).to.include({ cursor: "c1" });
        }
      });

      it("stops retrying when the caller aborts", async () => {
        failures = Array.from({ length: 50 }, () =>
          gatewayFailure(Code.Unavailable, "STARTING", { retryAfterMs: 10_000 }),
        );
        const abort = new AbortController();
        const failure = failureOf(client().gateway.getGateway({}, { signal: abort.signal }));
        await until(() => server.calls.length === 1, "it was tried");
        setTimeout(() => abort.abort(), 50);
        expect((await failure).code).to.equal(Code.Canceled);
        expect(server.calls).to.have.length(1);
      });

      it("reports an unreachable gateway as UNAVAILABLE", async () => {
        const closed = new TestGateway(() => {});
        const gone = await closed.start();
        await closed.stop();
        const failure = await failureOf(
          createGatewayClient({ url: gone, transport: transport(gone), worthRetrying: () => false }).gateway.getGateway(
            {},
          ),
        );
        expect(failure).to.include({ code: Code.Unavailable, reason: "" });
      });

      it("repeats an idempotent call whose answer was cut off", async () => {
        const cutter = new CuttingProxy(server.port);
        const limits = [0, 20];
        cutter.nextLimit = () => limits.shift();
        await cutter.start();
        const cut = cutter.url;
        try {
          await createGatewayClient({ url: cut, transport: transport(cut) }).runs.createRun({
            parent: "sessions/main",
          });
        } finally {
          await cutter.stop();
        }
        expect(requestIds.length).to.be.greaterThan(1);
        expect(new Set(requestIds).size).to.equal(1);
      });
    });
  }

  it("does not retry what its user finds not worth it", async () => {
    failures = [starting(), starting()];
    const reasons: string[] = [];
    const worthRetrying = ({ reason }: GatewayError): boolean => reasons.push(reason) < 2;
    const failure = await failureOf(createGatewayClient({ url, worthRetrying }).gateway.getGateway({}));
    expect([failure.reason, ...reasons]).to.deep.equal(["STARTING", "STARTING", "STARTING"]);
    expect(server.calls).to.have.length(2);
  });

  it("keeps a request_id the caller chose", async () => {
    const requestId = "6f3f7b9e-6a0e-4d3b-9c3a-000000000001";
    await createGatewayClient({ url }).runs.createRun({ parent: "sessions/main", requestId });
    expect(requestIds).to.deep.equal([requestId]);
  });

  it("gives a request that is sent twice two request_ids", async () => {
    const client = createGatewayClient({ url });
    const request = create(CreateRunRequestSchema, { parent: "sessions/main" });
    await client.runs.createRun(request);
    await client.runs.createRun(request);
    expect(new Set(requestIds).size).to.equal(2);
    expect(request.requestId).to.equal("");
  });

  it("does not take a mistake of the caller for a broken connection", async () => {
    const wrong = { parent: 7 } as unknown as MessageInitShape<typeof CreateRunRequestSchema>;
    const failure = await failureOf(createGatewayClient({ url }).runs.createRun(wrong));
    expect(failure.code).to.equal(Code.Unknown);
    expect(server.calls).to.have.length(0);
  });

  it("sends a token as Bearer", async () => {
    await createGatewayClient({ url, token: "oc_tok_1" }).gateway.getGateway({});
    expect(server.calls[0]?.authorization).to.equal("Bearer oc_tok_1");
  });

  it("sends a password as Basic without a name, in UTF-8", async () => {
    await createGatewayClient({ url, password: "pä:ss" }).gateway.getGateway({});
    const [scheme, value = ""] = server.calls[0]?.authorization?.split(" ") ?? [];
    expect([scheme, Buffer.from(value, "base64").toString()]).to.deep.equal(["Basic", ":pä:ss"]);
  });

  it("sends no credential when it has none", async () => {
    await createGatewayClient({ url }).gateway.getGateway({});
    expect(server.calls[0]?.authorization).to.equal(undefined);
  });
});

describe("the package's entry", () => {
  it("has every service of the contract, and a client of each", async () => {
    const declared = new Set((await contractMethods()).map(({ parent }) => parent));
    const exported = Object.values<unknown>(library).filter((value) => declared.has(value as DescService));
    const called = Object.values(services).map((service) => service());
    for (const service of declared) {
      expect(exported, service.typeName).to.include(service);
      expect(called, service.typeName).to.include(service);
    }
  });
});

describe("gatewayErrorFrom", () => {
  it("gives a GatewayError back as it is", () => {
    const error = gatewayErrorFrom(gatewayFailure(Code.NotFound, "NOT_FOUND"));
    expect(gatewayErrorFrom(error)).to.equal(error);
  });

  it("reads anything thrown", () => {
    expect(gatewayErrorFrom("what")).to.be.instanceOf(GatewayError).and.to.include({ message: "what", reason: "" });
  });
});
