/** Node without our client: @grpc/grpc-js with services that proto-loader reads from proto/, nothing generated. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { freePort } from "../support/free-port.ts";
import { type GatewayProcess, removeHome, startGatewayProcess, testToken } from "../support/gateway-process.ts";
import { type Gateways, startGateways } from "./gateways.ts";
import type { PlainCreateRun, PlainMessage, PlainRun, PlainRunFrame } from "./grpc-js/plain-messages.ts";
import { playGrpcJs } from "./grpc-js/scenario.ts";
import { failureOf, Stub } from "./grpc-js/stub.ts";
import { RunText } from "./run-text.ts";
import { type Findings, provesTheScenario, taskOf } from "./scenario.ts";

const runs = "openclaw.gateway.v1.RunService";
const sessions = "openclaw.gateway.v1.SessionService";

describe("@grpc/grpc-js", () => {
  let gateways: Gateways;
  const stubs: Stub[] = [];
  const stub = (service: string, channel = {}, token = testToken): Stub => {
    const made = new Stub(service, { target: new URL(gateways.plain.url).host, token, channel });
    stubs.push(made);
    return made;
  };

  before(async () => {
    gateways = await startGateways();
  });
  afterEach(() => {
    for (const made of stubs.splice(0)) made.close();
  });
  after(() => gateways?.stop());

  for (const over of ["plain", "tls"] as const) {
    const session = `grpc-js-${over}`;
    describe(over === "plain" ? "over cleartext HTTP/2" : "over TLS", () => {
      let findings: Findings;
      before(async () => {
        // Node warns about TLS to an address; the certificate is for the name, too.
        const url = gateways[over].url.replace("127.0.0.1", "localhost");
        findings = await playGrpcJs(taskOf(session, { ...gateways[over], url }));
      });
      provesTheScenario(() => findings, session);
    });
  }

  it("is told that a message is too large", async () => {
    const request = {
      parent: "sessions/main",
      parts: [{ text: "x".repeat(5 * 1024 * 1024) }],
      requestId: randomUUID(),
    };
    const found = await failureOf(stub(runs).unary("createRun", request));
    expect(found).include({ code: "RESOURCE_EXHAUSTED", reason: "TOO_LARGE" });
  });

  it("reads pages of large messages within its own limit of 4 MiB", async () => {
    const parent = "sessions/large";
    const client = stub(sessions);
    await client.unary("createSession", { sessionId: "large", requestId: randomUUID() });
    const message = { role: "ROLE_USER", parts: [{ text: "ü".repeat(500_000) }] };
    for (let count = 0; count < 6; count += 1) {
      await client.unary("appendMessage", { parent, message, requestId: randomUUID() });
    }
    const read: PlainMessage[] = [];
    for (let pageToken = ""; read.length === 0 || pageToken !== ""; ) {
      const page = await client.unary<MessagePage>("listMessages", { parent, pageToken });
      read.push(...page.messages);
      pageToken = page.nextPageToken;
    }
    expect(read.map((each) => each.parts[0]?.text.length)).deep.equal(Array(6).fill(500_000));
  });

  it("pings as often as it likes while it watches", async () => {
    const client = stub(runs, { "grpc.keepalive_time_ms": 20, "grpc.keepalive_permit_without_calls": 1 });
    const { run } = await client.unary<PlainCreateRun>("createRun", {
      parent: "sessions/main",
      parts: [{ text: "/slow 50\none two three four five six seven eight nine ten" }],
      requestId: randomUUID(),
    });
    const text = new RunText();
    for await (const message of client.stream<PlainRunFrame>("watchRun", { name: run.name })) {
      if (message.frame === "delta") text.apply(message.delta);
    }
    expect(text.text()).equal("one two three four five six seven eight nine ten");
  });

  it("asks for health without a token", async () => {
    const health = stub("grpc.health.v1.Health", {}, "");
    expect(await health.unary("check", { service: runs })).deep.equal({ status: "SERVING" });
  });
});

interface MessagePage {
  readonly messages: readonly PlainMessage[];
  readonly nextPageToken: string;
}

/** A retry policy as gRPC channels take it: a gateway that is starting says UNAVAILABLE. */
const retryUnavailable = JSON.stringify({
  methodConfig: [
    {
      name: [{ service: runs }],
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: "0.1s",
        maxBackoff: "2s",
        backoffMultiplier: 2,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
});

describe("@grpc/grpc-js, over a restart of the gateway", () => {
  let home: string | undefined;
  let gateway: GatewayProcess;
  let client: Stub;
  let process: Stub;
  const config = { gateway: { port: 0 } };

  before(async () => {
    config.gateway.port = await freePort();
    gateway = await startGatewayProcess({ config });
    home = gateway.home;
    const target = new URL(gateway.url).host;
    client = new Stub(runs, { target, token: testToken, channel: { "grpc.service_config": retryUnavailable } });
    process = new Stub("openclaw.gateway.v1.GatewayService", { target, token: testToken });
  });
  after(async () => {
    client?.close();
    process?.close();
    await gateway?.stop();
    if (home !== undefined) await removeHome(home);
  });

  it("is told that the gateway stops, and resumes on the same channel when it is back", async () => {
    const { run } = await client.unary<PlainCreateRun>("createRun", {
      parent: "sessions/main",
      parts: [{ text: "/slow 100\nPerche può: eins 日本 drei vier fünf sechs sieben acht neun zehn elf zwölf." }],
      requestId: randomUUID(),
    });
    const text = new RunText();
    let stopping: Promise<unknown> | undefined;
    const watch = async (): Promise<PlainRun | undefined> => {
      let last: PlainRun | undefined;
      for await (const message of client.stream<PlainRunFrame>("watchRun", { name: run.name, held: text.held() })) {
        if (message.frame === "run") last = message.run;
        if (message.frame !== "delta") continue;
        text.apply(message.delta);
        stopping ??= process.unary("shutDown", { grace: { seconds: 0, nanos: 1_000_000 }, reason: "for a moment" });
      }
      return last;
    };
    expect(await failureOf(watch())).include({ code: "UNAVAILABLE", reason: "DRAINING" });
    await stopping;
    await gateway.exited;
    const reading = client.unary<{ run: PlainRun }>("getRun", { name: run.name }, { waitForReady: true });
    gateway = await startGatewayProcess({ home: gateway.home, config });
    expect((await reading).run).include({ name: run.name });
    expect(await watch()).include({ state: "STATE_SUCCEEDED", attempt: 2 });
    expect(text.text()).equal("Perche può: eins 日本 drei vier fünf sechs sieben acht neun zehn elf zwölf.");
  });
});
