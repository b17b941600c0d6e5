import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Run_State as State, Run_Trigger as Trigger } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { RunQuery, RunRecord, RunUsage } from "../../src/core/run/run-table.ts";
import { makeEndedRun, makeRun, makeSession } from "./support/resources.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const [a, b] = ["sessions/a", "sessions/b"];

describe("runs on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
    await temporary.store.transact(async (tables) => {
      await tables.sessions.insert(makeSession("a"));
      await tables.sessions.insert(makeSession("b"));
    });
  });

  afterEach(() => temporary.remove());

  const insert = (...records: RunRecord[]) =>
    temporary.store.transact(async (tables) => {
      for (const record of records) await tables.runs.insert(record);
    });
  const list = async (query: Partial<RunQuery>) =>
    ids(await temporary.store.read(({ runs }) => runs.list({ limit: 100, ...query })));

  it("gives back the run and what only the gateway knows about it", async () => {
    const record = {
      ...makeRun(a, "r1", { inputs: [`${a}/messages/m1`], timeout: { seconds: 5n }, createTime: timestampFromMs(7) }),
      epoch: 3,
      rank: 0,
      readyTimeMs: 1_700_000_000_123,
      inputBytes: 99,
      collecting: true,
    };
    await insert(record);
    expect(await temporary.store.read(({ runs }) => runs.find(record.run.name))).to.deep.equal(record);
    expect(await temporary.store.read(({ runs }) => runs.find(`${b}/runs/r1`))).to.equal(undefined);
  });

  it("lists runs newest first by id, of one session or of all", async () => {
    await insert(makeRun(a, "r1"), makeRun(b, "r2"), makeRun(a, "r3"));
    expect(await list({})).to.deep.equal(["r3", "r2", "r1"]);
    expect(await list({ session: a })).to.deep.equal(["r3", "r1"]);
    expect(await list({ beforeId: "r3", limit: 1 })).to.deep.equal(["r2"]);
  });

  it("filters by every state", async () => {
    const states = [State.QUEUED, State.RUNNING, State.BLOCKED, State.SUCCEEDED, State.FAILED, State.CANCELLED];
    await insert(...states.map((state) => makeRun(a, `r${state}`, { state })));
    for (const state of states) {
      expect(await list({ state })).to.deep.equal([`r${state}`]);
      expect(await list({ state, session: a })).to.deep.equal([`r${state}`]);
      expect(await list({ state, session: b })).to.deep.equal([]);
    }
  });

  it("filters by trigger, cause, model and agent", async () => {
    await insert(
      makeRun(a, "r1", { trigger: Trigger.JOB, cause: "jobs/j", model: "echo/echo", agent: "agents/x" }),
      makeRun(a, "r2"),
    );
    for (const query of [
      { trigger: Trigger.JOB },
      { cause: "jobs/j" },
      { model: "echo/echo" },
      { agent: "agents/x" },
    ]) {
      expect(await list(query)).to.deep.equal(["r1"]);
    }
  });

  it("knows the active run and the queue of a session, interrupting runs first", async () => {
    await insert(
      makeRun(a, "r1", { state: State.BLOCKED }),
      makeRun(a, "r3"),
      makeRun(a, "r2"),
      { ...makeRun(a, "r4"), rank: 0 },
      makeRun(b, "r5"),
    );
    await temporary.store.read(async ({ runs }) => {
      expect((await runs.findActive(a))?.run.name).to.equal(`${a}/runs/r1`);
      expect(await runs.findActive(b)).to.equal(undefined);
      expect(ids(await runs.listQueued(a))).to.deep.equal(["r4", "r2", "r3"]);
    });
  });

  it("lists what has not ended, active ones first, and counts both", async () => {
    await insert(
      makeRun(a, "r1"),
      makeRun(b, "r2"),
      makeRun(b, "r3", { state: State.RUNNING }),
      makeEndedRun(a, "r4", 1_000),
    );
    await temporary.store.read(async ({ runs }) => {
      expect(ids(await runs.listUnfinished())).to.deep.equal(["r3", "r1", "r2"]);
      expect(await runs.count()).to.deep.equal({ active: 1, queued: 2 });
    });
  });

  it("counts nothing in an empty store", async () => {
    expect(await temporary.store.read(({ runs }) => runs.count())).to.deep.equal({ active: 0, queued: 0 });
  });

  it("follows a run through its states", async () => {
    const record = makeRun(a, "r1");
    const ended = makeEndedRun(a, "r1", 5_000);
    await insert(record);
    await temporary.store.transact(async ({ runs }) => {
      await runs.update({ ...record, run: { ...record.run, state: State.RUNNING }, epoch: 2 });
      expect(await runs.listQueued(a)).to.deep.equal([]);
      expect((await runs.findActive(a))?.epoch).to.equal(2);
      await runs.update(ended);
      expect(await runs.findActive(a)).to.equal(undefined);
    });
    expect(await temporary.store.read(({ runs }) => runs.find(ended.run.name))).to.deep.equal(ended);
  });

  it("tells the usage of runs that ended in the window, oldest first", async () => {
    await insert(
      makeEndedRun(a, "late", 3_000),
      makeEndedRun(b, "first", 1_000),
      makeEndedRun(a, "second", 2_999),
      makeEndedRun(a, "early", 999),
      makeRun(a, "waiting"),
    );
    const rows: RunUsage[] = [];
    await temporary.store.read(({ runs }) => runs.eachUsage(1_000, 3_000, (row) => rows.push(row)));
    expect(rows.map((row) => [row.session, row.endTimeMs])).to.deep.equal([
      [b, 1_000],
      [a, 2_999],
    ]);
    expect(rows[0]).to.include({
      model: "echo/echo",
      agent: "agents/main",
      inputTokens: 10,
      outputTokens: 5,
      cachedTokens: 2,
    });
  });

  it("tells every usage once when there are many at one moment", async () => {
    await insert(...Array.from({ length: 1_234 }, (_, index) => makeEndedRun(a, `r${index}`, 1_000 + (index % 2))));
    let rows = 0;
    await temporary.store.read(({ runs }) => runs.eachUsage(0, 2_000, () => (rows += 1)));
    expect(rows).to.equal(1_234);
  });
});

function ids(records: readonly RunRecord[]): string[] {
  return records.map(({ run }) => run.name.slice(run.name.lastIndexOf("/") + 1));
}
