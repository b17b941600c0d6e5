/** What becomes of runs that had not ended when the gateway stopped. */

import { expect } from "chai";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { reasonOf } from "../../support/run-error.ts";
import { asks, hangs, readRequest, says } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";
import { until } from "../../support/until.ts";

describe("a run that was interrupted by a restart", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** Tool "slow" answers only in a process that says so. */
  function slowTool(replaySafe: boolean) {
    const state = { stuck: true };
    const answer = () => (state.stuck ? new Promise<string>(() => {}) : "result");
    return { tool: scriptedTool("slow", { replaySafe, answer }), state };
  }

  async function openInterrupted(replaySafe: boolean): Promise<{ kit: CoreKit; run: string; calls: () => number }> {
    const { tool, state } = slowTool(replaySafe);
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(asks([["a", "slow"]], "working"));
    const { run } = await kit.send("go");
    await until(() => tool.calls.length > 0, "the tool is called");
    await kit.stop();
    state.stuck = false;
    return { kit, run: run?.name ?? "", calls: () => tool.calls.length };
  }

  it("goes on from where it was, and counts the attempt", async () => {
    const kit = await kits.open();
    kit.model.script(hangs("half an ans"), says("answer"));
    const { run } = await kit.send("hello");
    await kit.model.called(1);
    await kit.restart();
    const ended = await kit.ended(run?.name ?? "");
    expect(ended).to.include({ state: State.SUCCEEDED, attempt: 2 });
    const texts = (await kit.transcript()).map((message) => message.parts[0]?.kind.value);
    expect(texts).to.deep.equal(["hello", "answer"]);
  });

  it("belongs to the new process from then on: whatever the one before may still try is refused", async () => {
    const kit = await kits.open();
    kit.model.script(hangs(), hangs());
    const { run } = await kit.send("hello");
    const epoch = () => kit.store.read(async ({ runs }) => (await runs.find(run?.name ?? ""))?.epoch);
    const before = (await epoch()) ?? 0;
    await kit.restart();
    expect(await epoch()).to.equal(before + 1);
  });

  it("does not make its committed steps again", async () => {
    const tool = scriptedTool("quick", { answer: () => "result" });
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(asks([["a", "quick"]]), hangs());
    const { run } = await kit.send("go");
    await kit.model.called(2);
    kit.model.script(says("done"));
    await kit.restart();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
    expect(tool.calls).to.have.length(1);
    expect(kit.model.requests).to.have.length(3);
    expect(readRequest(kit.model.requests[2]!)).to.deep.equal(["USER go", "ASSISTANT quick#a", "TOOL result"]);
    expect(await kit.transcript()).to.have.length(4);
  });

  it("calls a tool again when that is the same as calling it once", async () => {
    const { kit, run, calls } = await openInterrupted(true);
    await kit.start();
    await kit.ended(run);
    expect(calls()).to.equal(2);
    expect(readRequest(kit.model.requests[1]!).at(-1)).to.equal("TOOL result");
  });

  it("does not call any other tool again: the model is told that its outcome is unknown", async () => {
    const { kit, run, calls } = await openInterrupted(false);
    await kit.start();
    await kit.ended(run);
    expect(calls()).to.equal(1);
    expect(readRequest(kit.model.requests[1]!).at(-1)).to.match(/^TOOL the gateway restarted during this call/);
    const result = (await kit.transcript())[2]?.parts[0]?.kind;
    expect(result?.case === "toolResult" && result.value.failed).to.equal(true);
  });

  it("calls only the tools whose results are missing; those it had not begun are not in doubt", async () => {
    const quick = scriptedTool("quick", { answer: () => "quick" });
    const { tool: slow, state } = slowTool(true);
    const kit = await kits.open({ tools: [quick, slow] });
    kit.model.script(
      asks([
        ["a", "quick"],
        ["b", "slow"],
        ["c", "quick"],
      ]),
    );
    const { run } = await kit.send("go");
    await until(() => slow.calls.length > 0, "the tool is called");
    await kit.stop();
    state.stuck = false;
    await kit.start();
    await kit.ended(run?.name ?? "");
    expect([quick.calls.length, slow.calls.length]).to.deep.equal([2, 2]);
    expect(readRequest(kit.model.requests[1]!)).to.deep.equal([
      ...["USER go", "ASSISTANT quick#a|slow#b|quick#c", "TOOL quick", "TOOL result", "TOOL quick"],
    ]);
  });

  it("sees what was steered into it before", async () => {
    const kit = await kits.open();
    kit.model.script(hangs(), says("done"));
    const { run } = await kit.send("hello");
    await kit.model.called(1);
    await kit.send("more", { queueMode: QueueMode.STEER });
    await kit.restart();
    await kit.ended(run?.name ?? "");
    expect(kit.model.requests.flatMap(readRequest)).to.include("USER more");
  });

  it("fails by name when it was interrupted for the third time", async () => {
    const kit = await kits.open();
    kit.model.script(hangs("one"), hangs("two"), hangs("three"));
    const { run } = await kit.send("hello");
    for (const attempt of [1, 2, 3]) {
      await kit.model.called(attempt);
      await kit.restart();
    }
    const ended = await kit.ended(run?.name ?? "");
    expect(ended).to.include({ state: State.FAILED, attempt: 3 });
    expect(reasonOf(ended)).to.equal("RUN_INTERRUPTED");
    expect(await kit.ask("next")).to.include({ state: State.SUCCEEDED });
  });

  it("gives open tool calls a result when it fails", async () => {
    const { tool } = slowTool(true);
    const kit = await kits.open({ tools: [tool], settings: { run: { maxAttempts: 1 } } });
    kit.model.script(asks([["a", "slow"]]));
    const { run } = await kit.send("go");
    await until(() => tool.calls.length > 0, "the tool is called");
    await kit.restart();
    expect(reasonOf(await kit.ended(run?.name ?? ""))).to.equal("RUN_INTERRUPTED");
    const last = (await kit.transcript()).at(-1)?.parts[0]?.kind;
    expect(last?.case === "toolResult" && last.value).to.include({ callId: "a", failed: true });
  });

  it("fails when its time ran out while the gateway was down", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const { run } = await kit.send("hello", { timeout: { seconds: 60n } });
    await kit.model.called(1);
    await kit.stop();
    kit.clock.advance(61_000);
    await kit.start();
    const ended = await kit.ended(run?.name ?? "");
    expect(reasonOf(ended)).to.equal("RUN_TIMEOUT");
    expect(ended.error?.message).to.contain("60 s");
  });

  it("lets what waited behind it run when it fails", async () => {
    const kit = await kits.open({ settings: { run: { maxAttempts: 1 } } });
    kit.model.script(hangs());
    await kit.send("first");
    const { run } = await kit.send("second", { queueMode: QueueMode.FOLLOW_UP });
    await kit.restart();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED, attempt: 1 });
  });

  it("counts in its session as before: nothing is counted twice", async () => {
    const { kit, run } = await openInterrupted(true);
    await kit.start();
    await kit.ended(run);
    const { session } = await kit.client.sessions.getSession({ name: "sessions/main" });
    expect(session).to.include({ messageCount: 4, activeRun: "", queuedRunCount: 0 });
  });
});

describe("runs that waited when the gateway stopped", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("run after the start, in their order, and their session's active run goes on first", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const sent = [await kit.send("first")];
    for (const text of ["second", "third"]) sent.push(await kit.send(text, { queueMode: QueueMode.FOLLOW_UP }));
    await kit.model.called(1);
    await kit.restart();
    for (const { run } of sent) await kit.ended(run?.name ?? "");
    const order = kit.model.requests.slice(1).map((request) => readRequest(request).at(-1));
    expect(order).to.deep.equal(["USER first", "USER second", "USER third"]);
  });

  it("run in every session", async () => {
    const kit = await kits.open({ settings: { run: { maxConcurrent: 1 } } });
    kit.model.script(hangs());
    const sent = [];
    for (const id of ["a", "b", "c", "d"]) sent.push(await kit.send("hello", { parent: await kit.newSession(id) }));
    await kit.restart();
    for (const { run } of sent) expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
  });

  it("collect no more once they were started again", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    await kit.send("first");
    const asked = { queueMode: QueueMode.COLLECT };
    const second = await kit.send("second", asked);
    await kit.send("third", asked);
    await kit.restart();
    const run = await kit.ended(second.run?.name ?? "");
    expect(run.inputs).to.have.length(2);
    expect(readRequest(kit.model.requests.at(-1)!).slice(-2)).to.deep.equal(["USER second", "USER third"]);
  });

  it("do not run when the store is left alone: nothing happens twice over many restarts", async () => {
    const kit = await kits.open();
    await kit.ask("hello");
    for (let restart = 0; restart < 3; restart++) await kit.restart();
    expect(kit.model.requests).to.have.length(1);
    expect(await kit.transcript()).to.have.length(2);
  });
});
