/** Getting and listing sessions. */

import { toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { ListSessionsResponseSchema } from "../../../gen/openclaw/gateway/v1/session_service_pb.ts";
import { encodePageToken } from "../../../src/lib/page-token.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";

const ids = (sessions: readonly Session[]): string[] => sessions.map(({ name }) => name.slice("sessions/".length));

describe("listing sessions", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** Sessions a, b, c, d, each a second younger than the one before. */
  async function openFour(): Promise<CoreKit> {
    const kit = await kits.open();
    for (const sessionId of ["a", "b", "c", "d"]) {
      kit.clock.advance(1_000);
      await kit.newSession(sessionId);
    }
    return kit;
  }

  async function list(kit: CoreKit, filter: string, query = ""): Promise<string[]> {
    const { sessions } = await kit.client.sessions.listSessions({ filter, query });
    return ids(sessions);
  }

  it("puts the most recently active first", async () => {
    const kit = await openFour();
    kit.clock.advance(1_000);
    await kit.ask("hello", { parent: "sessions/b" });
    expect(await list(kit, "")).to.deep.equal(["b", "d", "c", "a", "main"]);
  });

  it("puts pinned ones before all others", async () => {
    const kit = await openFour();
    await kit.client.sessions.updateSession({ session: { name: "sessions/a", pinned: true } });
    expect(await list(kit, "")).to.deep.equal(["a", "d", "c", "b", "main"]);
  });

  it("pages through everything once, in order", async () => {
    const kit = await openFour();
    await kit.client.sessions.updateSession({ session: { name: "sessions/b", pinned: true } });
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await kit.client.sessions.listSessions({ pageSize: 2, pageToken });
      expect(page.sessions.length).to.be.at.most(2);
      seen.push(...ids(page.sessions));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).to.deep.equal(["b", "d", "c", "a", "main"]);
  });

  it("ends a page of sessions with long labels before 3 MiB, and goes on", async () => {
    const kit = await kits.open();
    const labels = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`key${index}`, "語".repeat(256)]));
    const numbers = Array.from({ length: 140 }, (_, index) => index);
    await Promise.all(
      numbers.map((index) => kit.client.sessions.createSession({ sessionId: `s${index}`, session: { labels } })),
    );
    const first = await kit.client.sessions.listSessions({ pageSize: 200 });
    expect(toBinary(ListSessionsResponseSchema, first).length).to.be.below(3 * 1_048_576);
    const second = await kit.client.sessions.listSessions({ pageSize: 200, pageToken: first.nextPageToken });
    expect(new Set(ids([...first.sessions, ...second.sessions])).size).to.equal(141);
    expect(second.nextPageToken).to.equal("");
  });

  it("pages through sessions that became active in the same millisecond", async () => {
    const kit = await kits.open();
    const still = Date.now();
    kit.clock.nowMs = () => still;
    for (const sessionId of ["a", "b", "c"]) await kit.newSession(sessionId);
    const first = await kit.client.sessions.listSessions({ pageSize: 2 });
    const second = await kit.client.sessions.listSessions({ pageSize: 2, pageToken: first.nextPageToken });
    expect([...ids(first.sessions), ...ids(second.sessions)]).to.have.members(["a", "b", "c", "main"]);
  });

  it("gives 50 unless told, and never more than 200", async () => {
    const kit = await kits.open();
    await Promise.all(Array.from({ length: 204 }, (_, index) => kit.newSession(`s${index}`)));
    expect((await kit.client.sessions.listSessions({})).sessions).to.have.length(50);
    expect((await kit.client.sessions.listSessions({ pageSize: 1_000 })).sessions).to.have.length(200);
  });

  it("refuses a negative page_size", async () => {
    const kit = await kits.open();
    await expectFailure(kit.client.sessions.listSessions({ pageSize: -1 }), "FIELD_INVALID");
  });

  for (const [what, change] of [
    ["another filter", { filter: "pinned = false" }],
    ["another query", { query: "x" }],
  ] as const) {
    it(`refuses a page token with ${what}`, async () => {
      const kit = await openFour();
      const { nextPageToken: pageToken } = await kit.client.sessions.listSessions({ pageSize: 1 });
      const error = await expectFailure(kit.client.sessions.listSessions({ pageToken, ...change }), "FIELD_INVALID");
      expect(error.violations[0]?.field).to.equal("page_token");
    });
  }

  const forged = (...key: (string | number | boolean)[]): string => encodePageToken("sessions \n", key);
  for (const pageToken of ["x", "bnVsbA", forged(), forged(true, "1", "a"), forged(true, 1.5, "a"), forged(1, 1, 1)]) {
    it(`refuses the made-up page token ${pageToken}`, async () => {
      const kit = await kits.open();
      await expectFailure(kit.client.sessions.listSessions({ pageToken }), "FIELD_INVALID");
    });
  }

  it("leaves archived sessions out unless they are asked for", async () => {
    const kit = await openFour();
    await kit.client.sessions.updateSession({ session: { name: "sessions/b", archived: true } });
    expect(await list(kit, "")).to.deep.equal(["d", "c", "a", "main"]);
    expect(await list(kit, "archived = true")).to.deep.equal(["b"]);
  });

  it("filters by kind, pinned, parent and labels, joined by AND", async () => {
    const kit = await openFour();
    const { client } = kit;
    await client.sessions.createSession({ sessionId: "e", forkFrom: "sessions/a" });
    const labels = { team: "red", "area/x": "1 2" };
    await client.sessions.updateSession({ session: { name: "sessions/c", labels, pinned: true } });
    await client.sessions.updateSession({ session: { name: "sessions/d", labels: { team: "red" } } });
    expect(await list(kit, "kind = MAIN")).to.deep.equal(["main"]);
    expect(await list(kit, "pinned = true")).to.deep.equal(["c"]);
    expect(await list(kit, 'parent = "sessions/a"')).to.deep.equal(["e"]);
    expect(await list(kit, "labels.team = red")).to.deep.equal(["c", "d"]);
    expect(await list(kit, 'labels.team = red AND labels.area/x = "1 2"')).to.deep.equal(["c"]);
    expect(await list(kit, "agent = agents/main AND pinned = true")).to.deep.equal(["c"]);
  });

  it("takes enum values as the contract writes them", async () => {
    const kit = await kits.open();
    expect(await list(kit, "kind = KIND_MAIN")).to.deep.equal(["main"]);
  });

  for (const filter of [
    "title = x",
    "kind = NOTHING",
    "kind = UNSPECIFIED",
    "pinned = maybe",
    "pinned",
    "pinned = true OR",
  ]) {
    it(`refuses the filter ${filter}`, async () => {
      const kit = await kits.open();
      const error = await expectFailure(kit.client.sessions.listSessions({ filter }), "FIELD_INVALID");
      expect(error.violations[0]?.field).to.equal("filter");
    });
  }

  it("finds words of name and title in any case", async () => {
    const kit = await openFour();
    await kit.client.sessions.updateSession({ session: { name: "sessions/c", title: "Groceries 100%_x" } });
    expect(await list(kit, "", "GROCER c")).to.deep.equal(["c"]);
    expect(await list(kit, "", "100%_")).to.deep.equal(["c"]);
    expect(await list(kit, "", "0_x")).to.deep.equal([]);
  });

  it("returns a cursor after which every later change is seen", async () => {
    const kit = await openFour();
    const { cursor } = await kit.client.sessions.listSessions({});
    await kit.newSession("e");
    const { events } = await kit.client.events.listEvents({ cursor });
    expect(events.map(({ subject }) => subject)).to.deep.equal(["sessions/e"]);
  });

  it("gets one by name, or says that it does not exist", async () => {
    const kit = await openFour();
    const { session, cursor } = await kit.client.sessions.getSession({ name: "sessions/c" });
    expect(session?.name).to.equal("sessions/c");
    expect(cursor).not.to.equal("");
    const error = await expectFailure(kit.client.sessions.getSession({ name: "sessions/x" }), "NOT_FOUND");
    expect(error.metadata).to.deep.equal({ name: "sessions/x" });
  });

  for (const name of ["", "main", "sessions/", "sessions/-", "sessions/a/b", "sessions/a b"]) {
    it(`refuses the session name "${name}"`, async () => {
      const kit = await kits.open();
      await expectFailure(kit.client.sessions.getSession({ name }), "FIELD_INVALID");
    });
  }
});
