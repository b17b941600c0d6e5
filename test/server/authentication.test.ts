import { Code, createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
import { Server } from "../../src/server/server.ts";
import type { ServerOptions } from "../../src/server/server-options.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { TestClock } from "../support/test-clock.ts";
import { startTestServer, type TestServer, testToken } from "../support/test-server.ts";
import { failureOf, protocols, wires } from "../support/wires.ts";

const token = { mode: "token", secret: testToken } as const;
const getGateway = "/openclaw.gateway.v1.GatewayService/GetGateway";

describe("authentication", () => {
  let running: TestServer | undefined;

  async function start(options: Partial<ServerOptions>): Promise<TestServer> {
    running = await startTestServer(options);
    return running;
  }

  /** Calls GetGateway over plain HTTP/1.1 with these headers. */
  async function call(headers: Record<string, string>): Promise<Response> {
    const url = `${running?.url}${getGateway}`;
    return fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: "{}" });
  }

  async function reasonOf(response: Response): Promise<string> {
    const { details = [] } = (await response.json()) as { details?: { debug?: { reason?: string } }[] };
    return details[0]?.debug?.reason ?? "none";
  }

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  for (const wire of wires) {
    it(`lets the token in over ${wire.name}, with every scope but NODE`, async () => {
      const { url: baseUrl } = await start({ auth: token });
      const client = createClient(GatewayService, wire.transport({ baseUrl, authorization: `Bearer ${testToken}` }));
      const { caller } = await client.getGateway({});
      expect(caller?.principal).to.equal("token");
      expect(caller?.scopes).to.have.members([Scope.READ, Scope.WRITE, Scope.APPROVE, Scope.PAIR, Scope.ADMIN]);
    });

    it(`tells a caller without a credential over ${wire.name} what to send`, async () => {
      const { url: baseUrl } = await start({ auth: token });
      const told = await failureOf(createClient(GatewayService, wire.transport({ baseUrl })).getGateway({}));
      expect(told).to.deep.include({ code: Code.Unauthenticated, reasons: ["CREDENTIALS_MISSING"] });
      expect(told.message).to.include("authorization: Bearer");
    });

    it(`refuses a wrong token for a stream over ${wire.name}`, async () => {
      const { url: baseUrl } = await start({ auth: token });
      const transport = wire.transport({ baseUrl, authorization: "Bearer wrong" });
      const stream = createClient(EventService, transport).watchEvents({})[Symbol.asyncIterator]();
      const told = await failureOf(stream.next());
      expect(told).to.deep.include({ code: Code.Unauthenticated, reasons: ["CREDENTIALS_INVALID"] });
    });
  }

  for (const authorization of [
    "Bearer wrong",
    "Bearer",
    "Bearer ",
    "",
    testToken,
    `Basic ${btoa(`:${testToken}`)}`,
    `Bearer ${testToken}x`,
    `Bearer ${testToken} x`,
    `Bearer ${testToken.slice(0, -1)}`,
    `Digest ${testToken}`,
    `Bearer "${testToken}"`,
  ]) {
    it(`refuses ${JSON.stringify(authorization)} in token mode`, async () => {
      await start({ auth: token });
      const response = await call({ authorization });
      expect(response.status).to.equal(401);
      expect(await reasonOf(response)).to.equal("CREDENTIALS_INVALID");
    });
  }

  it("takes the scheme in any case", async () => {
    await start({ auth: token });
    expect((await call({ authorization: `bEARER ${testToken}` })).status).to.equal(200);
  });

  it("wants the password as Basic in password mode, and nothing else", async () => {
    await start({ auth: { mode: "password", secret: "pass:wörd" } });
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    expect((await call({ authorization: basic(":pass:wörd") })).status).to.equal(200);
    for (const authorization of [
      basic(":pass"),
      basic("pass:wörd"),
      basic("x"),
      basic(":"),
      "Bearer pass:word",
      "Basic =",
    ]) {
      const response = await call({ authorization });
      expect(await reasonOf(response), authorization).to.equal("CREDENTIALS_INVALID");
    }
  });

  it("calls everybody on loopback the loopback caller when there is no authentication", async () => {
    const { url: baseUrl } = await start({ auth: { mode: "none" } });
    const [wire] = wires;
    const { caller } = await createClient(GatewayService, wire!.transport({ baseUrl })).getGateway({});
    expect(caller?.principal).to.equal("loopback");
  });

  for (const header of ["x-forwarded-for", "forwarded", "x-real-ip"]) {
    it(`refuses what a proxy forwards with ${header} when there is no authentication`, async () => {
      await start({ auth: { mode: "none" } });
      const response = await call({ [header]: "203.0.113.9" });
      expect(response.status).to.equal(403);
      expect(await reasonOf(response)).to.equal("ORIGIN_REFUSED");
    });
  }

  it("cannot be made to listen beyond loopback without authentication", () => {
    const options = { listen: { hosts: ["0.0.0.0"], port: 0 }, auth: { mode: "none" } } as unknown as ServerOptions;
    expect(() => new Server(options)).to.throw("would let everybody who reaches 0.0.0.0 in");
  });

  it("refuses before it reads the body", async () => {
    const { url } = await start({ auth: token });
    // The body never ends, so an answer can only come from the headers.
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: endless, duplex: "half" };
    const response = await fetch(`${url}${getGateway}`, init as RequestInit);
    expect(response.status).to.equal(401);
    await response.body?.cancel();
  });

  it("keeps credentials out of the log", async () => {
    const log = new RecordingLog();
    await start({ auth: token, log });
    await call({ authorization: `Bearer ${testToken}` });
    await call({ authorization: "Bearer my-other-secret" });
    expect(log.lines.map(({ message }) => message)).to.include("a wrong credential was refused");
    expect(log.text).not.to.include(testToken).and.not.include("my-other-secret");
  });
});

describe("guessing credentials", () => {
  let server: TestServer;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    server = await startTestServer({
      auth: token,
      clock,
      allowedOrigins: ["https://good.example", "https://bad.example"],
    });
  });

  afterEach(() => server.stop());

  function call(headers: Record<string, string>): Promise<Response> {
    const url = `${server.url}${getGateway}`;
    return fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: "{}" });
  }

  async function guess(times: number, headers: Record<string, string>): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      expect((await call({ authorization: `Bearer guess-${i}`, ...headers })).status).to.equal(401);
    }
  }

  const right = { authorization: `Bearer ${testToken}` };
  const page = { origin: "https://bad.example" };

  it("locks a page out after ten wrong credentials, its right one included, and says for how long", async () => {
    await guess(10, page);
    const response = await call({ ...right, ...page });
    expect(response.status).to.equal(429);
    expect(Number(response.headers.get("retry-after"))).to.be.within(290, 300);
    const body = (await response.json()) as { code: string; details: { type: string; debug: { reason?: string } }[] };
    expect(body.code).to.equal("resource_exhausted");
    expect(body.details.map(({ type }) => type)).to.deep.equal(["google.rpc.ErrorInfo", "google.rpc.RetryInfo"]);
    expect(body.details[0]?.debug.reason).to.equal("RATE_LIMITED");
  });

  it("does not lock out another page or a local program with it", async () => {
    await guess(10, page);
    expect((await call({ ...right, origin: "https://good.example" })).status).to.equal(200);
    expect((await call(right)).status).to.equal(200);
  });

  it("lets the page in again after five minutes", async () => {
    await guess(10, page);
    clock.advance(300_000);
    expect((await call({ ...right, ...page })).status).to.equal(200);
  });

  it("counts odd credentials like wrong ones", async () => {
    for (const authorization of ["", "Bearer", "Basic x", "Digest y", testToken]) {
      expect((await call({ authorization, ...page })).status).to.equal(401);
      expect((await call({ authorization, ...page })).status).to.equal(401);
    }
    expect((await call({ ...right, ...page })).status).to.equal(429);
  });

  it("does not count calls without a credential", async () => {
    for (let i = 0; i < 20; i += 1) expect((await call(page)).status).to.equal(401);
    expect((await call({ ...right, ...page })).status).to.equal(200);
  });

  it("is not reset by a right credential in between", async () => {
    await guess(9, page);
    expect((await call({ ...right, ...page })).status).to.equal(200);
    await guess(1, page);
    expect((await call({ ...right, ...page })).status).to.equal(429);
  });

  it("exempts programs on this machine", async () => {
    await guess(15, {});
    expect((await call(right)).status).to.equal(200);
  });

  it("counts everything a local proxy forwards as one, whatever it claims", async () => {
    for (let i = 0; i < 10; i += 1) await guess(1, { "x-forwarded-for": `203.0.113.${i}` });
    expect((await call({ ...right, "x-forwarded-for": "203.0.113.99" })).status).to.equal(429);
  });

  for (const wire of protocols) {
    it(`tells a locked out caller of ${wire.name} when to come back`, async () => {
      await guess(10, { "x-forwarded-for": "203.0.113.1" });
      const transport = wire.transport({ baseUrl: server.url, authorization: right.authorization });
      const headers = { "x-forwarded-for": "203.0.113.1" };
      const told = await failureOf(createClient(GatewayService, transport).getGateway({}, { headers }));
      expect(told).to.deep.include({ code: Code.ResourceExhausted, reasons: ["RATE_LIMITED"] });
      expect(told.retrySeconds).to.be.within(290, 300);
    });
  }
});
