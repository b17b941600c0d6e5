/** Cancelling runs. */

import { expect } from "chai";
import { Run_State as State, ToolCall_State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { asks, hangs, readRequest, yields } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";
import { until } from "../../support/until.ts";

const { FOLLOW_UP, STEER, COLLECT } = QueueMode;

describe("cancelling a run", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** A session with a run that hangs after saying "so far" and the named ones waiting behind it. */
  async function openBusy(...waiting: string[]): Promise<{ kit: CoreKit; active: string; queued: string[] }> {
    const kit = await kits.open();
    kit.model.script(hangs("so far"));
    const { run } = await kit.send("first");
    await kit.model.called(1);
    const queued: string[] = [];
    for (const text of waiting) queued.push((await kit.send(text, { queueMode: FOLLOW_UP })).run?.name ?? "");
    await new Promise(setImmediate);
    return { kit, active: run?.name ?? "", queued };
  }

  const states = async (kit: CoreKit): Promise<Record<string, number>> => {
    const { runs } = await kit.client.runs.listRuns({ parent: "sessions/main" });
    return Object.fromEntries(runs.map(({ name, state }) => [name, state]));
  };

  it("stops a running one and keeps what it had said, marked truncated", async () => {
    const { kit, active } = await openBusy();
    const { run } = await kit.client.runs.cancelRun({ name: active, reason: "changed my mind" });
    expect(run?.state).to.equal(State.CANCELLED);
    expect(run?.error?.message).to.equal("changed my mind");
    expect(run?.endTime).not.to.equal(undefined);
    const [, partial] = await kit.transcript();
    expect(partial).to.include({ name: run?.outputs[0], truncated: true });
    expect(partial?.parts[0]?.kind.value).to.equal("so far");
  });

  it("says that it was cancelled by request when no reason is given", async () => {
    const { kit, active } = await openBusy();
    const { run } = await kit.client.runs.cancelRun({ name: active });
    expect(run?.error?.message).to.equal("cancelled by request");
  });

  it("keeps no message when nothing had been said", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const { run } = await kit.send("first");
    await kit.client.runs.cancelRun({ name: run?.name });
    expect(await kit.transcript()).to.have.length(1);
  });

  it("keeps only what stands before a tool call the model was about to make", async () => {
    const kit = await kits.open();
    kit.model.script(async function* (request, signal) {
      const said = [
        { kind: "text", block: "a", text: "let me see" },
        { kind: "toolUse", callId: "c", tool: "t", input: {} },
        { kind: "text", block: "b", text: "and then" },
      ] as const;
      yield* yields(...said)(request, signal);
      await new Promise(() => {});
    });
    const { run } = await kit.send("first");
    await kit.model.called(1);
    await new Promise(setImmediate);
    await kit.client.runs.cancelRun({ name: run?.name });
    const [, partial] = await kit.transcript();
    expect(partial?.parts.map(({ kind }) => kind.value)).to.deep.equal(["let me see"]);
  });

  it("starts the next one that waits", async () => {
    const { kit, active, queued } = await openBusy("second");
    await kit.client.runs.cancelRun({ name: active });
    expect(await kit.ended(queued[0] ?? "")).to.include({ state: State.SUCCEEDED });
  });

  it("takes a queued one out of the queue, and its message never reaches a model", async () => {
    const { kit, active, queued } = await openBusy("second", "third");
    const { run } = await kit.client.runs.cancelRun({ name: queued[0] });
    expect(run).to.include({ state: State.CANCELLED, attempt: 0 });
    const { message } = await kit.client.sessions.getMessage({ name: run?.inputs[0] });
    expect(message).to.include({ withdrawn: true, pending: false });
    await kit.client.runs.cancelRun({ name: active });
    await kit.ended(queued[1] ?? "");
    expect(kit.model.requests.flatMap(readRequest)).not.to.include("USER second");
    const { session } = await kit.client.sessions.getSession({ name: "sessions/main" });
    expect(session?.queuedRunCount).to.equal(0);
  });

  it("withdraws what was steered into it and not seen yet", async () => {
    const { kit, active } = await openBusy();
    const { message: name } = await kit.send("steered", { queueMode: STEER });
    await kit.client.runs.cancelRun({ name: active });
    const { message } = await kit.client.sessions.getMessage({ name });
    expect(message).to.include({ withdrawn: true, pending: false });
    await kit.ask("next");
    expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER first", "ASSISTANT so far", "USER next"]);
  });

  it("withdraws every message a collecting run had", async () => {
    const { kit } = await openBusy();
    const second = await kit.send("second", { queueMode: COLLECT });
    const third = await kit.send("third", { queueMode: COLLECT });
    await kit.client.runs.cancelRun({ name: second.run?.name });
    for (const name of [second.message, third.message]) {
      const { message } = await kit.client.sessions.getMessage({ name });
      expect(message?.withdrawn).to.equal(true);
    }
  });

  it("leaves a finished one as it is", async () => {
    const kit = await kits.open();
    const done = await kit.ask("hello");
    const { run } = await kit.client.runs.cancelRun({ name: done.name, reason: "too late" });
    expect(run).to.deep.equal(done);
  });

  it("may be asked for twice", async () => {
    const { kit, active } = await openBusy();
    const first = await kit.client.runs.cancelRun({ name: active, reason: "one" });
    const second = await kit.client.runs.cancelRun({ name: active, reason: "two" });
    expect(second).to.deep.equal(first);
  });

  it("cancels all that waits behind a running one with drain_queue", async () => {
    const { kit, active } = await openBusy("second", "third");
    await kit.client.runs.cancelRun({ name: active, drainQueue: true });
    expect(new Set(Object.values(await states(kit)))).to.deep.equal(new Set([State.CANCELLED]));
    expect(kit.model.requests).to.have.length(1);
  });

  it("cancels only what waits behind a queued one with drain_queue", async () => {
    const { kit, active, queued } = await openBusy("second", "third", "fourth");
    await kit.client.runs.cancelRun({ name: queued[1], drainQueue: true });
    expect(await states(kit)).to.deep.equal({
      [active]: State.RUNNING,
      [queued[0] ?? ""]: State.QUEUED,
      [queued[1] ?? ""]: State.CANCELLED,
      [queued[2] ?? ""]: State.CANCELLED,
    });
  });

  it("cancels what waits behind a finished one with drain_queue", async () => {
    const kit = await kits.open();
    const done = await kit.ask("zero");
    kit.model.script(hangs());
    await kit.send("first");
    const { run: waiting } = await kit.send("second", { queueMode: FOLLOW_UP });
    await kit.client.runs.cancelRun({ name: done.name, drainQueue: true });
    expect((await states(kit))[waiting?.name ?? ""]).to.equal(State.CANCELLED);
  });

  it("gives every tool call a result, though the tool never answers", async () => {
    const stuck = scriptedTool("stuck", { answer: () => new Promise<string>(() => {}) });
    const kit = await kits.open({ tools: [stuck] });
    kit.model.script(
      asks(
        [
          ["a", "stuck"],
          ["b", "stuck"],
        ],
        "working",
      ),
    );
    const { run: started } = await kit.send("go");
    await until(() => stuck.calls.length > 0, "the tool is called");
    const { run } = await kit.client.runs.cancelRun({ name: started?.name });
    expect(stuck.calls[0]?.context.signal.aborted).to.equal(true);
    const results = (await kit.transcript()).slice(2).map((message) => message.parts[0]?.kind);
    expect(results.map((kind) => kind?.case === "toolResult" && [kind.value.callId, kind.value.failed])).to.deep.equal([
      ["a", true],
      ["b", true],
    ]);
    expect(run?.outputs).to.have.length(3);
    const { session } = await kit.client.sessions.getSession({ name: "sessions/main" });
    expect(session?.messageCount).to.equal(4);
    await kit.ask("next");
    expect(readRequest(kit.model.requests[1]!).map((line) => line.split(" ")[0])).to.deep.equal([
      ...["USER", "ASSISTANT", "TOOL", "TOOL", "USER"],
    ]);
  });

  it("ends the tool calls in the log and for watchers", async () => {
    const stuck = scriptedTool("stuck", { answer: () => new Promise<string>(() => {}) });
    const kit = await kits.open({ tools: [stuck] });
    kit.model.script(asks([["a", "stuck"]]));
    const { run, cursor } = await kit.send("go");
    const seen: number[] = [];
    for await (const { frame } of kit.client.runs.watchRun({ name: run?.name })) {
      if (frame.case !== "toolCall") continue;
      seen.push(frame.value.state);
      if (frame.value.state === ToolCall_State.STARTED) await kit.client.runs.cancelRun({ name: run?.name });
    }
    const subjects = [`${run?.name}/toolCalls/*`];
    const { events } = await kit.client.events.listEvents({ cursor, subjects });
    const logged = events.map(({ resource }) => resource.case === "toolCall" && resource.value.state);
    expect(logged).to.deep.equal([ToolCall_State.STARTED, ToolCall_State.FAILED]);
    expect(seen).to.deep.equal(logged);
  });

  it("changes nothing once the answer is committed: the run succeeded", async () => {
    for (let round = 0; round < 10; round++) {
      const kit = await kits.open();
      const { run } = await kit.send("hello");
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      await kit.client.runs.cancelRun({ name: run?.name });
      const ended = await kit.ended(run?.name ?? "");
      const answers = (await kit.transcript()).slice(1);
      if (ended.state === State.SUCCEEDED) expect(answers.map(({ truncated }) => truncated)).to.deep.equal([false]);
      else expect(answers.every(({ truncated }) => truncated)).to.equal(true);
      await kits.close();
    }
  });

  it("keeps nothing twice when the answer is committed in the same moment", async () => {
    let cancelled: Promise<unknown> | undefined;
    const faults = (place: string): void => {
      if (place !== "run.step") return;
      // Its transaction comes right after the one that is at work now, before watchers are told of that.
      cancelled ??= kit.core.runs.cancel({ name: active, reason: "", drainQueue: false, actor: "token" });
    };
    const stuck = scriptedTool("stuck", { answer: () => new Promise<string>(() => {}) });
    const kit = await kits.open({ faults, tools: [stuck] });
    let active = "";
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    kit.model.script(async function* (request, signal) {
      await gate;
      yield* asks([["a", "stuck"]], "working on it")(request, signal);
    });
    active = (await kit.send("go")).run?.name ?? "";
    go();
    await kit.ended(active);
    await cancelled;
    const messages = await kit.transcript();
    expect(messages.map(({ truncated }) => truncated)).to.deep.equal([false, false, false]);
    expect(readRequest({ instructions: "", tools: [], messages }).slice(0, 2)).to.deep.equal([
      ...["USER go", "ASSISTANT working on it|stuck#a"],
    ]);
  });

  it("refuses a reason beyond 256 characters, and a run that is not there", async () => {
    const { kit, active } = await openBusy();
    await expectFailure(kit.client.runs.cancelRun({ name: active, reason: "x".repeat(257) }), "FIELD_INVALID");
    await expectFailure(kit.client.runs.cancelRun({ name: "sessions/main/runs/x" }), "NOT_FOUND");
    await expectFailure(kit.client.runs.cancelRun({ name: "sessions/main" }), "FIELD_INVALID");
  });
});
