/** What the inbox accepts, keeps and refuses. */

import { expect } from "chai";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State, Run_Trigger as Trigger } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { hangs } from "../../support/scripted-model.ts";

const parent = "sessions/main";

describe("accepting a message", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("keeps the message with its sender, run and place", async () => {
    const kit = await kits.open();
    const { run, message: name } = await kit.send("hello");
    const { message } = await kit.client.sessions.getMessage({ name });
    expect(message).to.include({ role: Role.USER, sender: "token", run: run?.name, generation: 1, pending: false });
    expect(message?.parts.map(({ kind }) => kind)).to.deep.equal([{ case: "text", value: "hello" }]);
  });

  it("keeps the run with everything that was asked for", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const settings = { model: "test/one", thinking: "high", maxOutputTokens: 9 };
    const { run: created } = await kit.send("hello", { settings, timeout: { seconds: 60n } });
    const { run } = await kit.client.runs.getRun({ name: created?.name });
    expect(run).to.include({ trigger: Trigger.CLIENT, agent: "agents/main", creator: "token", attempt: 1 });
    expect(run?.settings).to.include(settings);
    expect(run?.timeout?.seconds).to.equal(60n);
    expect(run?.startTime).not.to.equal(undefined);
    expect(run?.endTime).to.equal(undefined);
  });

  it("returns a cursor right after the message was accepted: every event of the run's work follows", async () => {
    const kit = await kits.open();
    const { run, cursor } = await kit.send("hello");
    await kit.ended(run?.name ?? "");
    const { events } = await kit.client.events.listEvents({ cursor, subjects: [run?.name ?? ""] });
    expect(events.map(({ resource }) => resource.case === "run" && resource.value.state)).to.deep.equal([
      State.SUCCEEDED,
    ]);
  });

  it("writes message, run and session events in one stretch", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const { cursor } = await kit.client.gateway.getGateway({});
    await kit.send("hello");
    const { events } = await kit.client.events.listEvents({ cursor });
    expect(events.map(({ resource }) => resource.case)).to.deep.equal(["message", "run", "session"]);
  });

  it("counts the message and marks the session active", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const { run } = await kit.send("hello");
    const { session } = await kit.client.sessions.getSession({ name: parent });
    expect(session).to.include({ messageCount: 1, activeRun: run?.name, queuedRunCount: 0 });
  });

  it("accepts the session's current etag and refuses an old one", async () => {
    const kit = await kits.open();
    const { session } = await kit.client.sessions.getSession({ name: parent });
    await kit.ask("first", { sessionEtag: session?.etag });
    await expectFailure(kit.send("second", { sessionEtag: session?.etag }), "ETAG_MISMATCH");
  });

  for (const [what, request, field] of [
    ["a parent that is no session", { parent: "agents/main" }, "parent"],
    ["the wildcard session", { parent: "sessions/-" }, "parent"],
    ["a model that is no reference", { settings: { model: "one" } }, "settings.model"],
    ["a thinking level nobody knows", { settings: { thinking: "deep" } }, "settings.thinking"],
    ["no output tokens", { settings: { maxOutputTokens: 0 } }, "settings.max_output_tokens"],
    ["a timeout of nothing", { timeout: { seconds: 0n } }, "timeout"],
    ["a negative timeout", { timeout: { seconds: -1n } }, "timeout"],
    ["a timeout that is no duration", { timeout: { seconds: 1n, nanos: 2_000_000_000 } }, "timeout"],
    ["a timeout that counts down and up", { timeout: { seconds: 2n, nanos: -1 } }, "timeout"],
    ["a timeout beyond 48 hours", { timeout: { seconds: 172_801n } }, "timeout"],
    ["a request_id that is no UUID", { requestId: "1" }, "request_id"],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const kit = await kits.open();
      const error = await expectFailure(kit.send("hello", request), "FIELD_INVALID");
      expect(error.violations[0]?.field).to.equal(field);
      expect(await kit.transcript()).to.deep.equal([]);
    });
  }

  it("refuses a message without text and one beyond 1 MiB", async () => {
    const kit = await kits.open();
    await expectFailure(kit.send(""), "FIELD_INVALID");
    await expectFailure(kit.send("x".repeat(1_048_577)), "FIELD_INVALID");
    expect(await kit.ask("x".repeat(1_048_576))).to.include({ state: State.SUCCEEDED });
  });

  it("refuses a session that is not there", async () => {
    const kit = await kits.open();
    const error = await expectFailure(kit.send("hello", { parent: "sessions/x" }), "NOT_FOUND");
    expect(error.metadata.name).to.equal("sessions/x");
  });

  it("goes on while draining: the message is kept and runs after the next start", async () => {
    const kit: CoreKit = await kits.open();
    await kit.core.drain(0);
    const { run } = await kit.send("hello");
    expect(run?.state).to.equal(State.QUEUED);
    await kit.restart();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
  });
});
