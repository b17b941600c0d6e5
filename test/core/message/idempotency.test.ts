/** Calls that are done once, however often they are sent. */

import { randomUUID } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import {
  type CreateRunResponse,
  CreateRunResponseSchema,
  CreateRunRequest_QueueMode as QueueMode,
} from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import type { GatewayClient } from "../../../src/client/gateway-client.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { hangs } from "../../support/scripted-model.ts";

const parent = "sessions/main";
const parts = (value: string) => [{ kind: { case: "text" as const, value } }];
const hex = (response: CreateRunResponse): string =>
  Buffer.from(toBinary(CreateRunResponseSchema, response)).toString("hex");

describe("a request that is sent again", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("gets the same response, byte for byte, though the run went on since", async () => {
    const kit = await kits.open();
    const requestId = randomUUID();
    const first = await kit.send("hello", { requestId });
    await kit.ended(first.run?.name ?? "");
    const second = await kit.send("hello", { requestId });
    expect(hex(second)).to.equal(hex(first));
    const { runs } = await kit.client.runs.listRuns({ parent });
    expect(runs).to.have.length(1);
  });

  it("gets the same response from the next process", async () => {
    const kit = await kits.open();
    const requestId = randomUUID();
    const first = await kit.send("hello", { requestId });
    await kit.restart();
    expect(hex(await kit.send("hello", { requestId }))).to.equal(hex(first));
    await kit.ended(first.run?.name ?? "");
    expect(await kit.transcript()).to.have.length(2);
  });

  it("gets the same response for what was steered and what was collected", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    await kit.send("first");
    for (const queueMode of [QueueMode.STEER, QueueMode.COLLECT, QueueMode.COLLECT]) {
      const requestId = randomUUID();
      const once = await kit.send("more", { requestId, queueMode });
      const again = await kit.send("more", { requestId, queueMode });
      expect(hex(again)).to.equal(hex(once));
    }
    expect(await kit.transcript()).to.have.length(4);
  });

  it("is the same request though the entries of a map come in another order", async () => {
    const { client } = await kits.open();
    const requestId = randomUUID();
    const { session: first } = await client.sessions.createSession({
      requestId,
      session: { labels: { a: "1", b: "2" } },
    });
    const { session: again } = await client.sessions.createSession({
      requestId,
      session: { labels: { b: "2", a: "1" } },
    });
    expect(again?.name).to.equal(first?.name);
  });

  it("waits for the first one when they come together, and is done once", async () => {
    const kit = await kits.open();
    const requestId = randomUUID();
    const responses = await Promise.all(Array.from({ length: 10 }, () => kit.send("hello", { requestId })));
    expect(new Set(responses.map(hex)).size).to.equal(1);
    await kit.ended(responses[0]?.run?.name ?? "");
    expect(kit.model.requests).to.have.length(1);
    expect(await kit.transcript()).to.have.length(2);
  });

  it("is refused with another body, and nothing is done", async () => {
    const kit = await kits.open();
    const requestId = randomUUID();
    await kit.ask("hello", { requestId });
    await expectFailure(kit.send("hello!", { requestId }), "REQUEST_ID_REUSED");
    await expectFailure(kit.send("hello", { requestId, queueMode: QueueMode.REJECT }), "REQUEST_ID_REUSED");
    expect(await kit.transcript()).to.have.length(2);
  });

  it("is another request when another principal sends it", async () => {
    const kit = await kits.open();
    const requestId = randomUUID();
    const own = await kit.ask("hello", { requestId });
    const other = kit.as("phone", [Scope.WRITE]);
    const { run } = await other.runs.createRun({ parent, requestId, parts: parts("hello") });
    expect(run?.name).not.to.equal(own.name);
    expect(run?.creator).to.equal("phone");
  });

  it("is another request when another method gets it", async () => {
    const kit = await kits.open();
    const requestId = randomUUID();
    await kit.ask("hello", { requestId });
    await kit.client.sessions.appendMessage({ parent, requestId, message: { role: Role.USER, parts: parts("note") } });
    await kit.client.sessions.createSession({ requestId });
    await kit.client.sessions.resetSession({ name: parent, requestId });
    expect(await kit.transcript(parent, 1)).to.have.length(3);
  });

  it("is a new request after 24 hours, and not a moment sooner", async () => {
    const kit = await kits.open();
    const requestId = randomUUID();
    const { run: first } = await kit.send("hello", { requestId });
    kit.clock.advance(24 * 3_600_000 - 60_000);
    expect((await kit.send("hello", { requestId })).run?.name).to.equal(first?.name);
    kit.clock.advance(60_001);
    expect((await kit.send("hello", { requestId })).run?.name).not.to.equal(first?.name);
  });

  it("may be done when the first try was refused", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const { run } = await kit.send("first");
    const again = { requestId: randomUUID(), queueMode: QueueMode.REJECT };
    await expectFailure(kit.send("second", again), "SESSION_BUSY");
    await kit.client.runs.cancelRun({ name: run?.name });
    expect((await kit.send("second", again)).run?.name).not.to.equal(run?.name);
  });

  it("is not checked against an etag its first try moved on", async () => {
    const kit = await kits.open();
    const { session } = await kit.client.sessions.getSession({ name: parent });
    const asked = { requestId: randomUUID(), sessionEtag: session?.etag };
    const first = await kit.send("hello", asked);
    expect(hex(await kit.send("hello", asked))).to.equal(hex(first));
  });

  const methods: Record<string, (client: GatewayClient, requestId: string) => Promise<unknown>> = {
    createSession: (client, requestId) =>
      client.sessions.createSession({ requestId, session: { labels: { b: "2", a: "1" } } }),
    resetSession: (client, requestId) => client.sessions.resetSession({ name: parent, requestId }),
    appendMessage: (client, requestId) =>
      client.sessions.appendMessage({ parent, requestId, message: { role: Role.USER, parts: parts("x") } }),
  };
  for (const [method, call] of Object.entries(methods)) {
    it(`gets the same response from ${method}, now and from the next process`, async () => {
      const kit = await kits.open();
      const requestId = randomUUID();
      const first = await call(kit.client, requestId);
      expect(await call(kit.client, requestId)).to.deep.equal(first);
      await kit.restart();
      expect(await call(kit.client, requestId)).to.deep.equal(first);
    });
  }
});
