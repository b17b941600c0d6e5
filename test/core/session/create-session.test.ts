/** Creating sessions. */

import { expect } from "chai";
import { Event_Change as Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Session_Kind as Kind } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";

describe("creating a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("makes an empty session with the id asked for", async () => {
    const { client } = await kits.open();
    const sessionId = "work:2026@home+x~1";
    const { session } = await client.sessions.createSession({ sessionId, session: { title: "Work" } });
    expect(session?.name).to.equal("sessions/work:2026@home+x~1");
    expect(session?.title).to.equal("Work");
    expect(session?.kind).to.equal(Kind.CLIENT);
    expect(session?.agent).to.equal("agents/main");
    expect(session?.generation).to.equal(1);
    expect(session?.messageCount).to.equal(0);
    expect(session?.activeRun).to.equal("");
  });

  it("gives a ULID to a session without an id", async () => {
    const { client } = await kits.open();
    const { session } = await client.sessions.createSession({});
    expect(session?.name).to.match(/^sessions\/[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it("takes title, labels, settings and pinned, and ignores the rest", async () => {
    const { client } = await kits.open();
    const { session } = await client.sessions.createSession({
      sessionId: "a",
      session: {
        name: "sessions/other",
        title: "T",
        labels: { "team/area": "x" },
        settings: { model: "test/one", maxOutputTokens: 7 },
        pinned: true,
        archived: true,
        generation: 9,
        messageCount: 9,
      },
    });
    expect(session).to.include({ name: "sessions/a", title: "T", pinned: true, archived: false, generation: 1 });
    expect(session?.labels).to.deep.equal({ "team/area": "x" });
    expect(session?.settings).to.include({ model: "test/one", maxOutputTokens: 7 });
    expect(session?.messageCount).to.equal(0);
  });

  it("refuses an id that is taken and says which", async () => {
    const { client } = await kits.open();
    await client.sessions.createSession({ sessionId: "a" });
    const error = await expectFailure(client.sessions.createSession({ sessionId: "a" }), "ALREADY_EXISTS");
    expect(error.metadata).to.deep.equal({ name: "sessions/a" });
  });

  for (const sessionId of ["-", "a/b", "a b", "ümlaut", "a%2Fb", "../etc", "x".repeat(129)]) {
    it(`refuses the id ${JSON.stringify(sessionId.slice(0, 12))}`, async () => {
      const { client } = await kits.open();
      const error = await expectFailure(client.sessions.createSession({ sessionId }), "FIELD_INVALID");
      expect(error.violations.map(({ field }) => field)).to.deep.equal(["session_id"]);
    });
  }

  it("names every wrong field at once", async () => {
    const { client } = await kits.open();
    const labels = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`label-${index}`, "x"]));
    const session = {
      title: "x".repeat(257),
      agent: "agents/nobody",
      labels: { ...labels, "Bad Key": "x", long: "x".repeat(257) },
      settings: { model: "no-slash", thinking: "very", maxOutputTokens: 0 },
    };
    const error = await expectFailure(client.sessions.createSession({ session }), "FIELD_INVALID");
    expect(error.violations.map(({ field }) => field)).to.have.members([
      ...["session.title", "session.agent", "session.labels", "session.labels", "session.labels.long"],
      ...["session.settings.model", "session.settings.thinking", "session.settings.max_output_tokens"],
    ]);
  });

  it("refuses a request_id that is no UUID", async () => {
    const { client } = await kits.open();
    const error = await expectFailure(client.sessions.createSession({ requestId: "again" }), "FIELD_INVALID");
    expect(error.violations[0]?.field).to.equal("request_id");
  });

  it("writes the event that says so, with the caller as its actor", async () => {
    const { client } = await kits.open();
    const { cursor } = await client.gateway.getGateway({});
    const { session } = await client.sessions.createSession({ sessionId: "a" });
    const { events } = await client.events.listEvents({ cursor });
    expect(events).to.have.length(1);
    expect(events[0]).to.include({ change: Change.CREATED, subject: "sessions/a", actor: "token" });
    expect(events[0]?.resource.value).to.deep.equal(session);
  });

  it("has sessions/main from the start", async () => {
    const { client } = await kits.open();
    const { session } = await client.sessions.getSession({ name: "sessions/main" });
    expect(session?.kind).to.equal(Kind.MAIN);
  });
});
