/** Tokens and devices at the door: every call is judged anew, and what goes on by an ended credential ends with it. */

import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import { Code, createClient, type Transport } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { Message_Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { Run_State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { RunService } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { AccessGateway, ownToken } from "../../support/access-gateway.ts";
import { pairDevice } from "../../support/pairing-kit.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { waits } from "../../support/scripted-model.ts";
import { until } from "../../support/until.ts";
import { failureOf, protocols, wires } from "../../support/wires.ts";

const { READ, WRITE, PAIR, ADMIN, APPROVE } = Scope;

describe("a credential at the door", () => {
  let gateway: AccessGateway;
  const open = async (...options: Parameters<typeof AccessGateway.open>) => {
    gateway = await AccessGateway.open(...options);
    return gateway;
  };
  afterEach(() => gateway.close());

  const make = async (tokenId: string, scopes: Scope[], seconds?: bigint) =>
    (await gateway.access.createToken({ tokenId, scopes, ...(seconds ? { ttl: { seconds } } : {}) })).secret;

  /** A stream that has begun, and what it ends with. */
  const watch = async (transport: Transport) => {
    const frames = createClient(EventService, transport).watchEvents({})[Symbol.asyncIterator]();
    expect((await frames.next()).value?.frame.case).to.equal("bookmark");
    return { next: () => frames.next(), failure: failureOf(drain(frames)) };
  };

  for (const wire of wires) {
    const whoAmI = (token: string) => createClient(GatewayService, gateway.transport(token, wire)).whoAmI({});

    it(`lets a named token in over ${wire.name}, as what it is`, async () => {
      await open();
      const secret = await make("ci", [WRITE], 3_600n);
      const { caller, title } = await whoAmI(secret);
      expect(caller).to.deep.include({ principal: "tokens/ci", scopes: [READ, WRITE] });
      expect(caller?.expireTime).not.to.equal(undefined);
      expect(title).to.equal("ci");
      const same = await createClient(GatewayService, gateway.transport(secret, wire)).getGateway({});
      expect(same.caller).to.deep.equal(caller);
    });

    it(`ends the stream of a revoked token at once over ${wire.name}, and refuses its next call`, async () => {
      await open();
      const secret = await make("ci", [READ]);
      const { failure } = await watch(gateway.transport(secret, wire));
      await gateway.access.revokeToken({ name: "tokens/ci" });
      const told = await failure;
      expect(told).to.deep.include({ code: Code.Unauthenticated, reasons: ["CREDENTIALS_REVOKED"] });
      expect(told.metadata).to.deep.equal({ why: "revoked" });
      expect((await failureOf(whoAmI(secret))).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
    });
  }

  for (const wire of protocols) {
    const read = (token: string) => createClient(GatewayService, gateway.transport(token, wire)).getGateway({});

    it(`ends the stream of a removed device over ${wire.name}`, async () => {
      await open();
      const { device, token } = await pairDevice(gateway.kit.client);
      const { failure } = await watch(gateway.transport(token, wire));
      await gateway.access.deleteDevice({ name: device.name });
      expect((await failure).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
    });

    it(`ends the stream of a narrowed device over ${wire.name}, which may call on with what is left`, async () => {
      await open();
      const { device, token } = await pairDevice(gateway.kit.client, [WRITE, PAIR]);
      const { failure } = await watch(gateway.transport(token, wire));
      await gateway.access.updateDevice({ device: { name: device.name, scopes: [PAIR] } });
      const told = await failure;
      expect(told.reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
      expect(told.metadata).to.deep.equal({ why: "narrowed" });
      expect((await failureOf(read(token))).reasons).to.deep.equal(["SCOPE_MISSING"]);
    });

    it(`ends the streams of an expired token over ${wire.name} when the next call finds out`, async () => {
      await open();
      const secret = await make("brief", [READ], 60n);
      const { failure } = await watch(gateway.transport(secret, wire));
      gateway.kit.clock.advance(61_000);
      expect((await failureOf(read(secret))).metadata).to.deep.equal({ why: "expired" });
      expect((await failure).metadata).to.deep.equal({ why: "expired" });
    });

    it(`ends the stream of a replaced device token over ${wire.name}`, async () => {
      await open();
      const { device, token } = await pairDevice(gateway.kit.client);
      const { failure } = await watch(gateway.transport(token, wire));
      const { token: next } = await gateway.kit.as(device.name, [READ]).access.rotateToken({});
      expect((await failure).metadata).to.deep.equal({ why: "replaced" });
      await read(next);
    });

    it(`ends the streams of the gateway's own token over ${wire.name} when that changes, and no others`, async () => {
      await open();
      const secret = await make("ci", [READ]);
      const own = await watch(gateway.transport(ownToken, wire));
      const other = await watch(gateway.transport(secret, wire));
      const { credentials } = gateway.kit.core.access;
      gateway.server.useAuth({ mode: "token", secret: "another-token", credentials });
      expect((await own.failure).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
      expect((await failureOf(read(ownToken))).reasons).to.deep.equal(["CREDENTIALS_INVALID"]);
      await read("another-token");
      await gateway.access.revokeToken({ name: "tokens/ci" });
      expect((await other.failure).metadata).to.deep.equal({ why: "revoked" });
    });
  }

  it("ends streams when a token expires, without any call", async () => {
    await open();
    const secret = await make("brief", [READ], 1n);
    const { failure } = await watch(gateway.transport(secret));
    expect((await failure).metadata).to.deep.equal({ why: "expired" });
  });

  it("leaves streams alone when the gateway's own token stays", async () => {
    await open();
    const frames = createClient(EventService, gateway.transport(ownToken)).watchEvents({})[Symbol.asyncIterator]();
    await frames.next();
    const { credentials } = gateway.kit.core.access;
    gateway.server.useAuth({ mode: "token", secret: ownToken, credentials });
    await gateway.kit.newSession("a");
    expect((await frames.next()).value?.frame.case).to.equal("batch");
  });

  it("ends a watched run that goes on, which is not cancelled", async () => {
    await open();
    const { kit } = gateway;
    const over = Promise.withResolvers<void>();
    kit.model.script(waits(over.promise, "before"));
    const secret = await make("ci", [WRITE]);
    const { run } = await kit.send("hello");
    const name = run?.name ?? "";
    const frames = createClient(RunService, gateway.transport(secret)).watchRun({ name })[Symbol.asyncIterator]();
    await frames.next();
    await gateway.access.revokeToken({ name: "tokens/ci" });
    expect((await failureOf(drain(frames))).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
    over.resolve();
    expect((await kit.ended(name)).state).to.equal(Run_State.SUCCEEDED);
  });

  it("answers a call that was in flight when its token was revoked", async () => {
    await open();
    const secret = await make("ci", [ADMIN]);
    const { access } = gateway.clientWith(secret);
    await access.revokeToken({ name: "tokens/ci" });
    expect((await failureOf(access.listTokens({}))).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
  });

  it("does not keep a revoked reader that does not read, and cannot be told", async () => {
    const log = new RecordingLog();
    await open({ log });
    const secret = await make("ci", [READ]);
    const response = await unread(gateway.url, secret);
    const parts = [{ kind: { case: "text" as const, value: "x".repeat(900_000) } }];
    const message = { role: Message_Role.USER, parts };
    for (let count = 0; count < 12; count += 1) {
      await gateway.kit.client.sessions.appendMessage({ parent: "sessions/main", message });
    }
    await gateway.access.revokeToken({ name: "tokens/ci" });
    const isOver = () => log.lines.some(({ fields }) => String(fields.method).endsWith("EventService/WatchEvents"));
    await until(isOver, "the stream is over");
    response.destroy();
  }).timeout(15_000);

  it("holds its share of the open streams at most, and knows it", async () => {
    await open({ limits: { counts: { streamsPerCredential: 2 } } });
    const secret = await make("greedy", [READ]);
    await watch(gateway.transport(secret));
    await watch(gateway.transport(secret));
    const third = createClient(EventService, gateway.transport(secret)).watchEvents({})[Symbol.asyncIterator]();
    expect((await failureOf(third.next())).reasons).to.deep.equal(["TOO_MANY_STREAMS"]);
    await watch(gateway.transport(ownToken));
    await gateway.access.revokeToken({ name: "tokens/greedy" });
    const maxStreams = async (token: string) =>
      (await gateway.clientWith(token).gateway.getGateway({})).gateway?.limits?.maxStreams;
    expect(await maxStreams(await make("modest", [READ]))).to.equal(64);
    expect(await maxStreams(ownToken)).to.equal(256);
  });

  it("is good in password mode, beside the password", async () => {
    await open({ mode: "password" });
    const secret = await make("ci", [READ]);
    const { caller } = await createClient(GatewayService, gateway.transport(secret)).whoAmI({});
    expect(caller?.principal).to.equal("tokens/ci");
    expect(
      (await failureOf(createClient(GatewayService, gateway.transport(ownToken)).whoAmI({}))).reasons,
    ).to.deep.equal(["CREDENTIALS_INVALID"]);
  });

  it("is what it is also where none is needed, and refused there when it ended", async () => {
    await open({ mode: "none" });
    const secret = await make("ci", [APPROVE]);
    const who = async (token?: string) =>
      (await createClient(GatewayService, gateway.transport(token)).whoAmI({})).caller?.principal;
    expect(await who()).to.equal("loopback");
    expect(await who("whatever")).to.equal("loopback");
    expect(await who(secret)).to.equal("tokens/ci");
    await gateway.access.revokeToken({ name: "tokens/ci" });
    expect((await failureOf(who(secret))).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
  });

  it("is not sent as a password, and a scope is not claimed by a header", async () => {
    await open();
    const secret = await make("ci", [READ]);
    const headers = {
      "content-type": "application/json",
      authorization: `Basic ${btoa(`:${secret}`)}`,
      "x-openclaw-scopes": "admin",
    };
    const url = `${gateway.url}/openclaw.gateway.v1.AccessService/ListTokens`;
    const ask = (more: object) => fetch(url, { method: "POST", headers: { ...headers, ...more }, body: "{}" });
    expect((await ask({})).status).to.equal(401);
    expect((await ask({ authorization: `Bearer ${secret}` })).status).to.equal(403);
  });

  it("is named when it is the wrong one, and never repeated, neither to its sender nor in the log", async () => {
    const log = new RecordingLog();
    await open({ log });
    const { setupCode } = await gateway.access.createSetupCode({});
    const key = `sk-proj-${"a1B2".repeat(12)}`;
    const revoked = await make("old", [READ]);
    await gateway.access.revokeToken({ name: "tokens/old" });
    const tell = (token: string) => failureOf(createClient(GatewayService, gateway.transport(token)).whoAmI({}));
    expect((await tell(setupCode)).message).to.contain("this is a setup code, not a token");
    expect((await tell(key)).message).to.contain("this looks like an OpenAI API key");
    const { redeemSecret } = await gateway.stranger.requestPairing({ title: "x", setupCode });
    const { token } = await gateway.stranger.redeemPairing({ redeemSecret });
    for (const secret of [setupCode, key, revoked, redeemSecret, token, ownToken]) {
      expect(JSON.stringify(await tell(`${secret}x`))).not.to.contain(secret);
      expect(log.text).not.to.contain(secret);
    }
  });
});

describe("calls of strangers", () => {
  let gateway: AccessGateway;
  beforeEach(async () => {
    gateway = await AccessGateway.open();
  });
  afterEach(() => gateway.close());

  for (const wire of protocols) {
    it(`pair a device over ${wire.name}, whatever else they carry`, async () => {
      const { access } = gateway.clientWith("wrong-and-not-looked-at", wire);
      const { pairingRequest, redeemSecret } = await access.requestPairing({ title: "laptop" });
      const pending = await failureOf(access.redeemPairing({ redeemSecret }));
      expect(pending).to.deep.include({ code: Code.FailedPrecondition, reasons: ["PAIRING_PENDING"], retrySeconds: 2 });
      const { pairingRequests } = await gateway.access.listPairingRequests({});
      const [listed] = pairingRequests;
      expect(listed?.code).to.equal(pairingRequest?.code);
      expect(listed?.subject.value)
        .to.have.property("remoteAddress")
        .that.matches(/^127\.0\.0\.1:\d+$/);
      await gateway.access.resolvePairingRequest({ name: listed?.name ?? "", approve: true });
      const { device, token } = await access.redeemPairing({ redeemSecret });
      const { caller } = await gateway.clientWith(token, wire).gateway.whoAmI({});
      expect(caller?.principal).to.equal(device?.name);
    });
  }

  it("are counted by address, all of them, and answered again after a while", async () => {
    const { stranger } = gateway;
    const { redeemSecret } = await stranger.requestPairing({ title: "laptop" });
    for (let call = 1; call < 120; call += 1) {
      expect((await failureOf(stranger.redeemPairing({ redeemSecret }))).reasons).to.deep.equal(["PAIRING_PENDING"]);
    }
    const told = await failureOf(stranger.redeemPairing({ redeemSecret }));
    expect(told).to.deep.include({ code: Code.ResourceExhausted, reasons: ["RATE_LIMITED"] });
    await gateway.clientWith(ownToken).gateway.whoAmI({});
    gateway.kit.clock.advance(31_000);
    expect((await failureOf(stranger.redeemPairing({ redeemSecret }))).reasons).to.deep.equal(["PAIRING_PENDING"]);
  });

  it("that guess redeem secrets lock their address out, programs on this machine included", async () => {
    const { stranger } = gateway;
    for (let guess = 0; guess < 10; guess += 1) {
      const told = await failureOf(stranger.redeemPairing({ redeemSecret: `ocr_${guess}` }));
      expect(told.reasons).to.deep.equal(["CREDENTIALS_INVALID"]);
    }
    expect((await failureOf(stranger.redeemPairing({ redeemSecret: "x" }))).reasons).to.deep.equal(["RATE_LIMITED"]);
  });
});

async function drain(frames: AsyncIterator<unknown>): Promise<void> {
  while ((await frames.next()).done !== true);
}

/** Opens a watch in the Connect protocol whose frames nobody reads. */
async function unread(url: string, token: string): Promise<IncomingMessage> {
  const request = http.request(`${url}/openclaw.gateway.v1.EventService/WatchEvents`, {
    method: "POST",
    agent: new http.Agent(),
    headers: { "content-type": "application/connect+json", authorization: `Bearer ${token}` },
  });
  request.end(Buffer.from([0, 0, 0, 0, 2, 0x7b, 0x7d]));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => {});
  response.pause();
  return response;
}
