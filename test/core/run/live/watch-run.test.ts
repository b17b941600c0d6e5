/** Following one run. */

import { expect } from "chai";
import {
  Delta_Channel as Channel,
  Run_State as State,
  ToolCall_State,
} from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import {
  CreateRunRequest_QueueMode as QueueMode,
  type WatchRunResponse,
} from "../../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { RunText } from "../../../../src/client/run-text.ts";
import { type CoreKit, CoreKits } from "../../../support/core-kit.ts";
import { expectFailure } from "../../../support/expect-failure.ts";
import { asks, hangs, says, waits } from "../../../support/scripted-model.ts";
import { scriptedTool } from "../../../support/scripted-tool.ts";

type Frame = WatchRunResponse["frame"];

async function frames(kit: CoreKit, name: string, request: object = {}): Promise<Frame[]> {
  const all: Frame[] = [];
  for await (const { frame } of kit.client.runs.watchRun({ name, ...request })) all.push(frame);
  return all;
}

/** A watch whose frames come; `opened` when the first is there. */
function open(kit: CoreKit, name: string): { opened: Promise<void>; all: Promise<Frame[]> } {
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  const read = async (): Promise<Frame[]> => {
    const all: Frame[] = [];
    for await (const { frame } of kit.client.runs.watchRun({ name })) {
      all.push(frame);
      resolve();
    }
    return all;
  };
  return { opened, all: read() };
}

const cases = (all: readonly Frame[]): (string | undefined)[] => all.map((frame) => frame.case);

describe("watching a run", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("begins with the run, ends with its terminal state, and closes", async () => {
    const kit = await kits.open();
    let go = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (go = resolve)), "so", " far"));
    const { run } = await kit.send("hello");
    const watched = open(kit, run?.name ?? "");
    await watched.opened;
    go();
    const all = await watched.all;
    const [first, last] = [all[0], all.at(-1)];
    expect(first?.case === "run" && first.value.state).to.equal(State.RUNNING);
    expect(last?.case === "run" && last.value.state).to.equal(State.SUCCEEDED);
  });

  it("shows everything the run produces, each thing once and in order", async () => {
    const tool = scriptedTool("clock", { answer: () => "12:00" });
    const kit = await kits.open({ tools: [tool] });
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    kit.model.script(async function* (request, signal) {
      await gate;
      yield* asks([["a", "clock"]], "let me see")(request, signal);
    }, says("noon"));
    const { run } = await kit.send("time?");
    const watched = open(kit, run?.name ?? "");
    await watched.opened;
    go();
    const shown = (await watched.all).flatMap((frame) => {
      if (frame.case === "delta") return [`delta ${frame.value.block} ${frame.value.text}`];
      if (frame.case === "message") return [`message ${frame.value.parts.length}`];
      return frame.case === "toolCall" ? [`tool ${frame.value.state}`] : [];
    });
    expect(shown).to.deep.equal([
      ...["delta 0 let me see", "message 2", `tool ${ToolCall_State.STARTED}`, `tool ${ToolCall_State.SUCCEEDED}`],
      ...["delta 2 12:00", "message 1", "delta 3 noon", "message 1"],
    ]);
  });

  it("shows a run that has ended from its transcript, the same as it was seen live", async () => {
    const tool = scriptedTool("clock", { answer: () => "12:00 größe 𝄞" });
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(asks([["a", "clock"]], "let me see"), says("no", "on"));
    const { run } = await kit.send("time?");
    const textOf = (all: readonly Frame[]) => {
      const text = new RunText();
      for (const frame of all) if (frame.case === "delta") text.apply(frame.value);
      return text.blocks();
    };
    const live = await frames(kit, run?.name ?? "");
    const after = await frames(kit, run?.name ?? "");
    await kit.restart();
    const restarted = await frames(kit, run?.name ?? "");
    expect(textOf(after)).to.deep.equal(textOf(live));
    expect(restarted).to.deep.equal(after);
    const messages = (all: readonly Frame[]) => all.filter((frame) => frame.case === "message");
    expect(messages(after)).to.deep.equal(messages(live));
  });

  it("follows a run that waits, from its place in the queue to its end", async () => {
    const kit = await kits.open();
    let go = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (go = resolve))));
    await kit.send("first");
    const { run } = await kit.send("second", { queueMode: QueueMode.FOLLOW_UP });
    const watched = open(kit, run?.name ?? "");
    await watched.opened;
    go();
    const states = (await watched.all).flatMap((frame) => (frame.case === "run" ? [frame.value.state] : []));
    expect(states[0]).to.equal(State.QUEUED);
    expect(states).to.include(State.RUNNING);
    expect(states.at(-1)).to.equal(State.SUCCEEDED);
  });

  it("shows messages that steer the run when the agent sees them", async () => {
    const kit = await kits.open();
    let go = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (go = resolve)), "one", ""), says("two"));
    const { run } = await kit.send("first");
    await kit.model.called(1);
    const watched = open(kit, run?.name ?? "");
    await watched.opened;
    const { message } = await kit.send("second", { queueMode: QueueMode.STEER });
    go();
    const shown = (await watched.all).flatMap((frame) => (frame.case === "message" ? [frame.value] : []));
    expect(shown.map(({ parts }) => parts[0]?.kind.value)).to.deep.equal(["one", "second", "two"]);
    expect(shown[1]).to.include({ name: message, pending: false });
  });

  it("sends nothing again that the reader holds, of a run that goes on or has ended", async () => {
    const kit = await kits.open();
    let go = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (go = resolve)), "größe", " und 𝄞"));
    const { run } = await kit.send("hello");
    const text = new RunText();
    for await (const { frame } of kit.client.runs.watchRun({ name: run?.name })) {
      if (frame.case === "delta") text.apply(frame.value);
      if (frame.case === "delta") break;
    }
    expect(text.text(Channel.TEXT)).to.equal("größe");
    const deltas = (all: readonly Frame[]) => all.flatMap((frame) => (frame.case === "delta" ? [frame.value] : []));
    const again = frames(kit, run?.name ?? "", { held: text.held() });
    go();
    const rest = deltas(await again);
    for (const delta of rest) text.apply(delta);
    expect(rest[0]?.offset).to.equal(7n);
    expect(text.text(Channel.TEXT)).to.equal("größe und 𝄞");
    expect(deltas(await frames(kit, run?.name ?? "", { held: text.held() }))).to.deep.equal([]);
  });

  it("makes a reader drop what it holds of a draft the restart lost", async () => {
    const kit = await kits.open();
    kit.model.script(hangs("lost words"), says("kept"));
    const { run } = await kit.send("hello");
    const text = new RunText();
    for await (const { frame } of kit.client.runs.watchRun({ name: run?.name })) {
      if (frame.case !== "delta") continue;
      text.apply(frame.value);
      break;
    }
    await kit.restart();
    for (const frame of await frames(kit, run?.name ?? "", { held: text.held() })) {
      if (frame.case === "delta") text.apply(frame.value);
    }
    expect(text.text(Channel.TEXT)).to.equal("kept");
  });

  it("never stops the run when its reader leaves", async () => {
    const kit = await kits.open();
    let go = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (go = resolve)), "so"));
    const { run } = await kit.send("hello");
    for await (const { frame } of kit.client.runs.watchRun({ name: run?.name })) if (frame.case === "delta") break;
    go();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
  });

  it("ends with DRAINING when the gateway stops, and goes on with the next process", async () => {
    const kit = await kits.open();
    kit.model.script(hangs("so far"));
    const { run } = await kit.send("hello");
    await kit.model.called(1);
    const watched = open(kit, run?.name ?? "");
    await watched.opened;
    kit.core.closeStreams();
    await expectFailure(watched.all, "DRAINING");
    await kit.restart();
    expect(cases(await frames(kit, run?.name ?? "")).at(-1)).to.equal("run");
  });

  it("shows the same to everybody who watches", async () => {
    const kit = await kits.open();
    let go = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (go = resolve)), "so", " far"));
    const { run } = await kit.send("hello");
    await kit.model.called(1);
    const watched = Array.from({ length: 5 }, () => open(kit, run?.name ?? ""));
    await Promise.all(watched.map(({ opened }) => opened));
    go();
    const texts = (await Promise.all(watched.map(({ all }) => all))).map((all) =>
      all.map((frame) => (frame.case === "delta" ? frame.value.text : "")).join(""),
    );
    expect(new Set(texts)).to.deep.equal(new Set(["so far"]));
  });

  it("refuses a run that is not there", async () => {
    const kit = await kits.open();
    await expectFailure(frames(kit, "sessions/main/runs/x"), "NOT_FOUND");
    await expectFailure(frames(kit, "sessions/main"), "FIELD_INVALID");
  });
});
