/** Getting and listing runs. */

import { toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Run, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import {
  ListRunsResponseSchema,
  CreateRunRequest_QueueMode as QueueMode,
} from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { modelRefused } from "../../../src/core/run/run-failure.ts";
import { makeRun } from "../../storage/support/resources.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { fails, hangs, ScriptedModel } from "../../support/scripted-model.ts";

describe("listing runs", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  const list = async (kit: CoreKit, filter = "", parent = "sessions/-"): Promise<string[]> =>
    (await kit.client.runs.listRuns({ parent, filter })).runs.map(({ name }) => name);

  async function askMany(kit: CoreKit, count: number, parent?: string): Promise<Run[]> {
    const runs: Run[] = [];
    for (let index = 0; index < count; index++) runs.push(await kit.ask(String(index), { parent }));
    return runs.reverse();
  }

  it("lists those of one session or of all, newest first", async () => {
    const kit = await kits.open();
    const other = await kit.newSession("other");
    const first = await askMany(kit, 2);
    const second = await askMany(kit, 2, other);
    expect(await list(kit)).to.deep.equal([...second, ...first].map(({ name }) => name));
    expect(await list(kit, "", other)).to.deep.equal(second.map(({ name }) => name));
  });

  it("pages through all of them once", async () => {
    const kit = await kits.open();
    const runs = await askMany(kit, 5);
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await kit.client.runs.listRuns({ parent: "sessions/-", pageSize: 2, pageToken });
      seen.push(...page.runs.map(({ name }) => name));
      pageToken = page.nextPageToken;
      await kit.ask("late");
    } while (pageToken !== "");
    expect(seen).to.deep.equal(runs.map(({ name }) => name));
  });

  it("ends a page of runs with very many messages before 3 MiB, and goes on with the next", async () => {
    const kit = await kits.open();
    const outputs = Array.from({ length: 1_000 }, (_, index) => `sessions/main/messages/${"0".repeat(22)}${index}`);
    await kit.store.transact(async ({ runs }) => {
      for (let index = 0; index < 100; index++) {
        await runs.insert(makeRun("sessions/main", `r${index}`, { state: State.SUCCEEDED, outputs }));
      }
    });
    let seen = 0;
    let pageToken = "";
    do {
      const page = await kit.client.runs.listRuns({ parent: "sessions/main", pageSize: 100, pageToken });
      expect(toBinary(ListRunsResponseSchema, page).length).to.be.below(3 * 1_048_576);
      seen += page.runs.length;
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).to.equal(100);
  });

  it("filters by state, as the contract writes it or short, in any case", async () => {
    const kit = await kits.open();
    await askMany(kit, 1);
    kit.model.script(fails(modelRefused({ model: "test/one", detail: "no" })), hangs());
    const failed = await kit.ask("fail");
    const { run: running } = await kit.send("hang");
    const { run: queued } = await kit.send("wait", { queueMode: QueueMode.FOLLOW_UP });
    expect(await list(kit, "state = FAILED")).to.deep.equal([failed.name]);
    expect(await list(kit, "state = STATE_RUNNING")).to.deep.equal([running?.name]);
    expect(await list(kit, "state = queued")).to.deep.equal([queued?.name]);
  });

  it("filters by trigger, model, agent and cause", async () => {
    const second = new ScriptedModel("test/two");
    const first = new ScriptedModel();
    const kit = await kits.open({ models: [first, second] });
    const [plain] = await askMany(kit, 1);
    const chosen = await kit.ask("two", { settings: { model: "test/two" } });
    expect(await list(kit, "model = test/two")).to.deep.equal([chosen.name]);
    expect(await list(kit, "trigger = CLIENT AND agent = agents/main")).to.deep.equal([chosen.name, plain?.name]);
    expect(await list(kit, "trigger = JOB")).to.deep.equal([]);
    first.script(hangs());
    const { run: interrupted } = await kit.send("first");
    const next = await kit.ask("second", { queueMode: QueueMode.INTERRUPT });
    expect(await list(kit, `cause = ${next.name}`)).to.deep.equal([interrupted?.name]);
  });

  it("refuses other filters and parents, and a page token of another list", async () => {
    const kit = await kits.open();
    await askMany(kit, 2);
    await expectFailure(list(kit, "creator = me"), "FIELD_INVALID");
    await expectFailure(list(kit, "state = DONE"), "FIELD_INVALID");
    await expectFailure(list(kit, "", "agents/main"), "FIELD_INVALID");
    await expectFailure(list(kit, "", "sessions/x"), "NOT_FOUND");
    const { nextPageToken: pageToken } = await kit.client.runs.listRuns({ parent: "sessions/-", pageSize: 1 });
    await expectFailure(kit.client.runs.listRuns({ parent: "sessions/main", pageToken }), "FIELD_INVALID");
  });

  it("returns a cursor after which every later change is seen", async () => {
    const kit = await kits.open();
    await askMany(kit, 1);
    const { cursor } = await kit.client.runs.listRuns({ parent: "sessions/-" });
    const run = await kit.ask("more");
    const { events } = await kit.client.events.listEvents({ cursor, subjects: ["sessions/*/runs/*"] });
    expect(new Set(events.map(({ subject }) => subject))).to.deep.equal(new Set([run.name]));
  });

  it("gets one by name, or says that it does not exist", async () => {
    const kit = await kits.open();
    const run = await kit.ask("hello");
    expect((await kit.client.runs.getRun({ name: run.name })).run).to.deep.equal(run);
    await expectFailure(kit.client.runs.getRun({ name: "sessions/main/runs/x" }), "NOT_FOUND");
    await expectFailure(kit.client.runs.getRun({ name: "sessions/main" }), "FIELD_INVALID");
  });

  it("shows the model that is asked from the start, and the one that answered in the end", async () => {
    const first = new ScriptedModel("test/one");
    const second = new ScriptedModel("test/two");
    const settings = { agent: { fallbacks: ["test/two"] } };
    const kit = await kits.open({ models: [first, second], settings });
    first.script(fails(modelRefused({ model: "test/one", detail: "no" })));
    const { run } = await kit.send("hello");
    expect(run).to.include({ state: State.RUNNING, model: "test/one" });
    expect((await kit.ended(run?.name ?? "")).model).to.equal("test/two");
  });
});
