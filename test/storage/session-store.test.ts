import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Session_Kind as Kind, type Session } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import { Failure } from "../../src/core/errors.ts";
import type { SessionPlace, SessionQuery } from "../../src/core/session/session-table.ts";
import { makeMessage, makeRun, makeSession } from "./support/resources.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

describe("sessions on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
  });

  afterEach(() => temporary.remove());

  const insert = (...sessions: Session[]) =>
    temporary.store.transact(async (tables) => {
      for (const session of sessions) await tables.sessions.insert(session);
    });
  const list = async (query: Partial<SessionQuery>) => {
    const sessions = await temporary.store.read((tables) => tables.sessions.list({ limit: 100, ...query }));
    return sessions.map((session) => session.name.slice("sessions/".length));
  };

  it("gives back every field of what was inserted", async () => {
    const session = makeSession("full", {
      title: "Ünïcode 🐙",
      kind: Kind.GROUP,
      parent: "sessions/main",
      labels: { team: "core", empty: "" },
      pinned: true,
      settings: { model: "echo/echo", maxOutputTokens: 7 },
      contextTokens: 9_007_199_254_740_993n,
      activeTime: timestampFromMs(1_700_000_000_123),
    });
    await insert(session);
    expect(await temporary.store.read((tables) => tables.sessions.find(session.name))).to.deep.equal(session);
  });

  it("finds nothing under a name that is not there", async () => {
    expect(await temporary.store.read((tables) => tables.sessions.find("sessions/none"))).to.equal(undefined);
  });

  it("refuses a second session of the same name and keeps the first", async () => {
    await insert(makeSession("a", { title: "first" }));
    const error = await insert(makeSession("a", { title: "second" })).catch((thrown: unknown) => thrown);
    expect((error as Failure).reason).to.equal(ErrorReason.ALREADY_EXISTS);
    expect((await temporary.store.read((tables) => tables.sessions.find("sessions/a")))?.title).to.equal("first");
  });

  it("fails to update or delete a session that is not there", async () => {
    for (const change of ["update", "delete"] as const) {
      const error = await temporary.store
        .transact(({ sessions }) =>
          change === "update" ? sessions.update(makeSession("x")) : sessions.delete("sessions/x"),
        )
        .catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(Failure).with.property("reason", ErrorReason.NOT_FOUND);
    }
  });

  it("lists pinned sessions first, then the most recently active, then by name descending", async () => {
    await insert(
      makeSession("old", { activeTime: timestampFromMs(1_000) }),
      makeSession("new", { activeTime: timestampFromMs(3_000) }),
      makeSession("same-a", { activeTime: timestampFromMs(2_000) }),
      makeSession("same-b", { activeTime: timestampFromMs(2_000) }),
      makeSession("pinned", { pinned: true, activeTime: timestampFromMs(500) }),
      makeSession("never"),
    );
    const order = ["pinned", "new", "same-b", "same-a", "old", "never"];
    expect(await list({})).to.deep.equal(order);
    expect(await list({ archived: false })).to.deep.equal(order);
  });

  it("lists archived and other sessions in one order when not told which", async () => {
    await insert(
      makeSession("a", { archived: true, activeTime: timestampFromMs(3_000) }),
      makeSession("b", { activeTime: timestampFromMs(2_000) }),
      makeSession("c", { archived: true, activeTime: timestampFromMs(1_000) }),
    );
    expect(await list({})).to.deep.equal(["a", "b", "c"]);
    expect(await list({ limit: 2 })).to.deep.equal(["a", "b"]);
    expect(await list({ archived: true })).to.deep.equal(["a", "c"]);
    expect(await list({ archived: false })).to.deep.equal(["b"]);
  });

  it("pages through every session once, whatever the page size", async () => {
    const sessions = Array.from({ length: 23 }, (_, index) =>
      makeSession(`s${index}`, { pinned: index % 7 === 0, activeTime: timestampFromMs(Math.floor(index / 4) * 1_000) }),
    );
    await insert(...sessions);
    const whole = await list({ archived: false });
    for (const limit of [1, 2, 5, 23]) {
      const paged: string[] = [];
      for (let after: SessionPlace | undefined; ; ) {
        const page = await temporary.store.read((tables) => tables.sessions.list({ archived: false, after, limit }));
        paged.push(...page.map((session) => session.name.slice("sessions/".length)));
        const last = page.at(-1);
        if (last === undefined) break;
        const activeTimeMs = Number(last.activeTime?.seconds ?? 0n) * 1_000;
        after = { pinned: last.pinned, activeTimeMs, name: last.name };
      }
      expect(paged).to.deep.equal(whole);
    }
  });

  it("filters by agent, kind, pin and parent, all at once", async () => {
    await insert(
      makeSession("match", { agent: "agents/b", kind: Kind.JOB, pinned: true, parent: "sessions/main" }),
      makeSession("agent", { agent: "agents/a", kind: Kind.JOB, pinned: true, parent: "sessions/main" }),
      makeSession("kind", { agent: "agents/b", kind: Kind.GROUP, pinned: true, parent: "sessions/main" }),
      makeSession("pin", { agent: "agents/b", kind: Kind.JOB, parent: "sessions/main" }),
      makeSession("orphan", { agent: "agents/b", kind: Kind.JOB, pinned: true }),
    );
    const query = { agent: "agents/b", kind: Kind.JOB, pinned: true, parent: "sessions/main" };
    expect(await list(query)).to.deep.equal(["match"]);
    expect(await list({ parent: "sessions/main" })).to.have.members(["match", "agent", "kind", "pin"]);
    expect(await list({ pinned: false })).to.deep.equal(["pin"]);
  });

  it("filters by labels, and follows when they change", async () => {
    await insert(
      makeSession("a", { labels: { team: "core", env: "prod" } }),
      makeSession("b", { labels: { team: "core" } }),
      makeSession("c", { labels: { team: "other", env: "prod" } }),
    );
    expect(await list({ labels: { team: "core" } })).to.have.members(["a", "b"]);
    expect(await list({ labels: { team: "core", env: "prod" } })).to.deep.equal(["a"]);
    await temporary.store.transact((tables) => tables.sessions.update(makeSession("a", { labels: { env: "test" } })));
    expect(await list({ labels: { team: "core" } })).to.deep.equal(["b"]);
    expect(await list({ labels: { env: "test" } })).to.deep.equal(["a"]);
  });

  it("finds words in name and title in any case, and takes no character in them for a wildcard", async () => {
    await insert(makeSession("Alpha-1", { title: "Über Öl" }), makeSession("beta", { title: "100% alpha" }));
    expect(await list({ words: ["alpha"] })).to.have.members(["Alpha-1", "beta"]);
    expect(await list({ words: ["alpha", "öl"] })).to.deep.equal(["Alpha-1"]);
    expect(await list({ words: ["%"] })).to.deep.equal(["beta"]);
    expect(await list({ words: ["_"] })).to.deep.equal([]);
    expect(await list({ words: ["' or 1=1 --"] })).to.deep.equal([]);
  });

  it("deletes a session with its messages, their index and its runs, and nothing of others", async () => {
    await insert(makeSession("gone", { labels: { a: "b" } }), makeSession("kept"));
    await temporary.store.transact(async (tables) => {
      for (let position = 1; position <= 450; position += 1) {
        await tables.messages.insert(makeMessage("sessions/gone", position));
      }
      await tables.messages.insert(makeMessage("sessions/kept", 1));
      await tables.runs.insert(makeRun("sessions/gone", "r1"));
      await tables.runs.insert(makeRun("sessions/kept", "r2"));
    });
    await temporary.store.transact(({ messages }) => messages.index(200));
    await temporary.store.transact((tables) => tables.sessions.delete("sessions/gone"));
    await temporary.store.read(async (tables) => {
      expect(await list({})).to.deep.equal(["kept"]);
      expect(await list({ labels: { a: "b" } })).to.deep.equal([]);
      expect(await tables.messages.find("sessions/gone/messages/m00000001")).to.equal(undefined);
      const hits = await tables.messages.search({ terms: ["message"], offset: 0, limit: 10 });
      expect(hits.map((hit) => hit.message.name)).to.deep.equal(["sessions/kept/messages/m00000001"]);
      expect((await tables.runs.list({ limit: 10 })).map((record) => record.run.name)).to.deep.equal([
        "sessions/kept/runs/r2",
      ]);
    });
    expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
  });
});
