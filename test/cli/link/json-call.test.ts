import { Code, type ConnectError } from "@connectrpc/connect";
import { expect } from "chai";
import { GatewayService } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { GatewayUnreachable } from "../../../src/cli/link/gateway-unreachable.ts";
import { callJson } from "../../../src/cli/link/json-call.ts";
import { GatewayError } from "../../../src/client/gateway-client.ts";
import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { gatewayFailure, starting, TestGateway } from "../../support/test-gateway.ts";

const method = "openclaw.gateway.v1.GatewayService/GetGateway";
let failures: ConnectError[] = [];
const gateway = new TestGateway((router) => {
  router.service(GatewayService, {
    getGateway: () => {
      const failure = failures.shift();
      if (failure) throw failure;
      return { cursor: "c1" };
    },
    listClients: () => new Promise(() => {}),
  });
});

describe("callJson", () => {
  let url: string;
  const target = (more: object = {}) => ({ url, authorization: "Bearer x", timeoutMs: 5_000, tls: {}, ...more });
  const call = { method, request: {}, repeatable: true };
  before(async () => {
    url = await gateway.start();
  });
  after(() => gateway.stop());
  beforeEach(() => {
    failures = [];
    gateway.calls.length = 0;
  });
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error) => error,
    );

  it("answers with JSON and sends the credential", async () => {
    expect(await callJson(target(), call)).to.deep.equal({ cursor: "c1" });
    expect(gateway.calls).to.deep.equal([
      { method: "GatewayService/GetGateway", authorization: "Bearer x", userAgent: "openclaw-cli" },
    ]);
  });

  it("waits for a gateway that is starting", async () => {
    failures = [starting(), starting()];
    expect(await callJson(target(), call)).to.deep.equal({ cursor: "c1" });
  });

  it("makes a call that may not be repeated once only", async () => {
    failures = [starting()];
    expect(await failureOf(callJson(target(), { ...call, repeatable: false }))).to.include({ reason: "STARTING" });
    expect(gateway.calls).to.have.length(1);
  });

  it("throws what the gateway refused", async () => {
    failures = [gatewayFailure(Code.NotFound, "NOT_FOUND", { message: "no such thing" })];
    const failure = await failureOf(callJson(target(), call));
    expect(failure).to.be.instanceOf(GatewayError).and.to.include({ code: Code.NotFound, message: "no such thing" });
    expect(gateway.calls).to.have.length(1);
  });

  it("repeats a call whose answer was cut off", async () => {
    const proxy = new CuttingProxy(gateway.port);
    const limits = [0, 40];
    proxy.nextLimit = () => limits.shift();
    const cutUrl = await proxy.start();
    try {
      expect(await callJson(target({ url: cutUrl }), call)).to.deep.equal({ cursor: "c1" });
      expect(proxy.cuts).to.equal(2);
    } finally {
      await proxy.stop();
    }
  });

  it("gives up at its timeout", async () => {
    const hanging = { ...call, method: method.replace("GetGateway", "ListClients") };
    const failure = await failureOf(callJson(target({ timeoutMs: 100 }), hanging));
    expect(failure).to.be.instanceOf(GatewayUnreachable).and.to.include({ detail: "it did not answer in time" });
  });

  it("does not wait for a gateway that is not there", async () => {
    const closed = new TestGateway(() => {});
    const gone = await closed.start();
    await closed.stop();
    const failure = await failureOf(callJson(target({ url: gone, timeoutMs: 60_000 }), call));
    expect(failure).to.be.instanceOf(GatewayUnreachable).and.to.include({ code: "ECONNREFUSED", url: gone });
  });
});
