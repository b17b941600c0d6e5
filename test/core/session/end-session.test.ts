/** Resetting and deleting sessions. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { Event_Change as Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { hangs, readRequest } from "../../support/scripted-model.ts";

describe("resetting a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("starts a new generation and keeps the old one readable", async () => {
    const kit = await kits.open();
    await kit.ask("first");
    const { session } = await kit.client.sessions.resetSession({ name: "sessions/main" });
    expect(session).to.include({ generation: 2, messageCount: 0, contextTokens: 0n });
    await kit.ask("second");
    const texts = async (generation?: number) =>
      (await kit.transcript("sessions/main", generation)).map((message) => message.parts[0]?.kind.value);
    expect(await texts()).to.deep.equal(["second", "done"]);
    expect(await texts(1)).to.deep.equal(["first", "done"]);
  });

  it("gives the agent nothing of the generation before", async () => {
    const kit = await kits.open();
    await kit.ask("first");
    await kit.client.sessions.resetSession({ name: "sessions/main" });
    await kit.ask("second");
    expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER second"]);
  });

  it("answers a repeated request with the same generation", async () => {
    const { client } = await kits.open();
    const request = { name: "sessions/main", requestId: randomUUID() };
    const first = await client.sessions.resetSession(request);
    const second = await client.sessions.resetSession(request);
    expect(second).to.deep.equal(first);
  });

  it("refuses a session with an active run", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const { run } = await kit.send("hello");
    const error = await expectFailure(kit.client.sessions.resetSession({ name: "sessions/main" }), "SESSION_BUSY");
    expect(error.metadata.run).to.equal(run?.name);
  });

  it("refuses a session with a queued run", async () => {
    const kit = await kits.open({ settings: { run: { maxConcurrent: 1 } } });
    kit.model.script(hangs());
    await kit.send("keep busy", { parent: await kit.newSession("other") });
    await kit.send("waits");
    await expectFailure(kit.client.sessions.resetSession({ name: "sessions/main" }), "SESSION_BUSY");
  });

  it("refuses an old etag", async () => {
    const { client } = await kits.open();
    await expectFailure(client.sessions.resetSession({ name: "sessions/main", etag: "0" }), "ETAG_MISMATCH");
  });
});

describe("deleting a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("removes it with its messages and runs", async () => {
    const kit = await kits.open();
    const name = await kit.newSession("a");
    const run = await kit.ask("hello there", { parent: name });
    await kit.client.sessions.deleteSession({ name });
    await expectFailure(kit.client.sessions.getSession({ name }), "NOT_FOUND");
    await expectFailure(kit.client.runs.getRun({ name: run.name }), "NOT_FOUND");
    await expectFailure(kit.client.sessions.listMessages({ parent: name }), "NOT_FOUND");
    await expectFailure(kit.client.sessions.getMessage({ name: run.inputs[0] }), "NOT_FOUND");
    const { hits } = await kit.client.sessions.searchMessages({ query: "hello" });
    expect(hits).to.deep.equal([]);
  });

  it("writes the event with its last state", async () => {
    const kit = await kits.open();
    const name = await kit.newSession("a");
    const { session, cursor } = await kit.client.sessions.getSession({ name });
    await kit.client.sessions.deleteSession({ name });
    const { events } = await kit.client.events.listEvents({ cursor });
    expect(events.map(({ change, resource }) => [change, resource.value])).to.deep.equal([[Change.DELETED, session]]);
  });

  it("leaves the name free for a new, empty session", async () => {
    const kit = await kits.open();
    const name = await kit.newSession("a");
    await kit.ask("hello", { parent: name });
    await kit.client.sessions.deleteSession({ name });
    await kit.newSession("a");
    expect(await kit.transcript(name)).to.deep.equal([]);
  });

  it("refuses sessions/main", async () => {
    const { client } = await kits.open();
    await expectFailure(client.sessions.deleteSession({ name: "sessions/main" }), "PROTECTED");
  });

  it("refuses a busy session until its run is cancelled", async () => {
    const kit = await kits.open();
    const name = await kit.newSession("a");
    kit.model.script(hangs());
    const { run } = await kit.send("hello", { parent: name });
    await expectFailure(kit.client.sessions.deleteSession({ name }), "SESSION_BUSY");
    await kit.client.runs.cancelRun({ name: run?.name });
    await kit.client.sessions.deleteSession({ name });
  });

  it("refuses an old etag and a session that is not there", async () => {
    const kit = await kits.open();
    const name = await kit.newSession("a");
    await expectFailure(kit.client.sessions.deleteSession({ name, etag: "0" }), "ETAG_MISMATCH");
    await expectFailure(kit.client.sessions.deleteSession({ name: "sessions/x" }), "NOT_FOUND");
  });
});
