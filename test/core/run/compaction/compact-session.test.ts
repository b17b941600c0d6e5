/** Compacting a session on request: what agents read afterwards, and what stays as it is. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { Message_Role as Role } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, Run_State as State, Run_Trigger as Trigger } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { modelRefused } from "../../../../src/core/run/run-failure.ts";
import { EchoModel } from "../../../../src/models/echo-model.ts";
import { type CoreKit, CoreKits } from "../../../support/core-kit.ts";
import { expectFailure } from "../../../support/expect-failure.ts";
import { reasonOf } from "../../../support/run-error.ts";
import { fails, hangs, readRequest, ScriptedModel, says, yields } from "../../../support/scripted-model.ts";

const name = "sessions/main";

describe("compacting a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** Turns "q1" → "a1" and so on. */
  async function talk(kit: CoreKit, turns: number, first = 1): Promise<void> {
    for (let turn = first; turn < first + turns; turn++) {
      kit.model.script(says(`a${turn}`));
      await kit.ask(`q${turn}`);
    }
  }

  async function compact(kit: CoreKit, instructions = ""): Promise<Run> {
    const { run } = await kit.client.sessions.compactSession({ name, instructions });
    return kit.ended(run);
  }

  const lastRequest = (kit: CoreKit) => readRequest(kit.model.requests.at(-1)!);
  const session = async (kit: CoreKit, of = name) =>
    (await kit.client.sessions.getSession({ name: of })).session ?? expect.fail();

  it("makes agents read a summary instead of all but the newest turns", async () => {
    const kit = await kits.open();
    await talk(kit, 5);
    kit.model.script(says("They counted."), says("a6"));
    expect(await compact(kit)).to.include({ state: State.SUCCEEDED, trigger: Trigger.SYSTEM });
    await kit.ask("q6");
    const [summary, ...rest] = lastRequest(kit);
    expect(summary).to.match(
      /^USER \[Summary of.*not a message from your owner.*\n<summary id="\w+">\nThey counted\.\n<\/summary/,
    );
    expect(rest).to.deep.equal([
      "USER q3",
      "ASSISTANT a3",
      "USER q4",
      "ASSISTANT a4",
      "USER q5",
      "ASSISTANT a5",
      "USER q6",
    ]);
  });

  it("asks the model for what is old only, as material between marks", async () => {
    const kit = await kits.open();
    await talk(kit, 5);
    await compact(kit, "keep the numbers");
    const request = kit.model.requests.at(-1)!;
    expect(request.task).to.equal("summary");
    expect(request.tools).to.deep.equal([]);
    const [asked = "", ...more] = readRequest(request);
    expect(more).to.deep.equal([]);
    expect(asked).to.match(
      /<transcript id="(\w+)">\nuser:\n {2}q1\nassistant:\n {2}a1\nuser:\n {2}q2\nassistant:\n {2}a2\n<\/transcript id="\1">/,
    );
    expect(asked).to.contain("keep the numbers").and.not.contain("q3");
    expect(request.instructions).not.to.contain("keep the numbers");
  });

  it("keeps every message for people, who find the summary as a note", async () => {
    const kit = await kits.open();
    await talk(kit, 5);
    kit.model.script(says("They counted."));
    const { outputs, name: run } = await compact(kit);
    const messages = await kit.transcript();
    expect(messages.slice(0, 10).map(({ parts }) => parts[0]?.kind.value)).to.deep.equal([
      ...["q1", "a1", "q2", "a2", "q3", "a3", "q4", "a4", "q5", "a5"],
    ]);
    expect(messages.at(-1)).to.deep.include({ name: outputs[0], role: Role.SYSTEM, run });
    expect(messages.at(-1)?.compactedPosition).to.equal(messages[3]?.position);
    const { hits } = await kit.client.sessions.searchMessages({ query: "q1" });
    expect(hits).to.have.length(1);
    const known = await session(kit);
    expect(known).to.include({ summary: outputs[0], compactedPosition: messages[3]?.position, messageCount: 11 });
    expect(known).to.include({ contextTokens: 0n, activeRun: "", queuedRunCount: 0 });
  });

  it("carries an earlier summary over into the next one", async () => {
    const kit = await kits.open();
    await talk(kit, 5);
    kit.model.script(says("First summary."));
    await compact(kit);
    await talk(kit, 2, 6);
    kit.model.script(says("Second summary."));
    await compact(kit);
    const [asked = ""] = readRequest(kit.model.requests.at(-1)!);
    expect(asked).to.contain("First summary.").and.contain("q3").and.not.contain("q2");
    await kit.ask("q8");
    expect(lastRequest(kit)[0]).to.contain("Second summary.").and.not.contain("First");
    expect(lastRequest(kit)).to.have.length(8);
  });

  it("does nothing when nothing is old enough", async () => {
    const kit = await kits.open();
    await talk(kit, 3);
    expect(await compact(kit)).to.deep.include({ state: State.SUCCEEDED, outputs: [] });
    expect(kit.model.requests).to.have.length(3);
    expect((await session(kit)).summary).to.equal("");
  });

  it("waits for the run that is at work, and what is said meanwhile waits for it", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    const [gate, summed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    kit.model.script(slow(gate.promise, "a5"), slow(summed.promise, "Summary."), says("a6"));
    const { run: first } = await kit.send("q5");
    await kit.model.called(5);
    const { run } = await kit.client.sessions.compactSession({ name });
    expect((await kit.client.runs.getRun({ name: run })).run?.state).to.equal(State.QUEUED);
    gate.resolve();
    await kit.ended(first?.name ?? "");
    await kit.model.called(6);
    const answers = [await kit.send("q6"), await kit.send("q7", { queueMode: QueueMode.INTERRUPT })];
    for (const answer of answers) expect(answer.run?.state).to.equal(State.QUEUED);
    summed.resolve();
    expect(await kit.ended(run)).to.include({ state: State.SUCCEEDED });
    for (const answer of answers) await kit.ended(answer.run?.name ?? "");
    const texts = readRequest(kit.model.requests[6]!);
    expect(texts[0]).to.contain("Summary.");
    expect(texts.at(-1)).to.equal("USER q6");
  });

  it("is done once for calls that are repeated, or that come while it waits", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(hangs());
    const { run: busy } = await kit.send("q5");
    await kit.model.called(5);
    const requestId = randomUUID();
    const first = await kit.client.sessions.compactSession({ name, requestId });
    const repeated = await kit.client.sessions.compactSession({ name, requestId });
    const second = await kit.client.sessions.compactSession({ name });
    expect([repeated.run, second.run]).to.deep.equal([first.run, first.run]);
    await kit.client.runs.cancelRun({ name: busy?.name ?? "" });
    await kit.ended(first.run);
    expect((await kit.transcript()).filter(({ role }) => role === Role.SYSTEM)).to.have.length(1);
  });

  it("leaves the transcript as it was when the model fails or writes nothing", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(fails(modelRefused({ model: "test/one", detail: "no" })), says(" "));
    expect(reasonOf(await compact(kit))).to.equal("MODEL_REFUSED");
    expect(reasonOf(await compact(kit))).to.equal("MODEL_REFUSED");
    expect(await session(kit)).to.include({ summary: "", messageCount: 8, activeRun: "" });
    await kit.ask("q5");
    expect(lastRequest(kit)).to.have.length(9);
  });

  it("ends by name when it takes too long", async () => {
    const kit = await kits.open({ settings: { compaction: { timeoutMs: 50 } } });
    await talk(kit, 4);
    kit.model.script(hangs());
    expect(reasonOf(await compact(kit))).to.equal("RUN_TIMEOUT");
    expect(await session(kit)).to.include({ summary: "", activeRun: "" });
  });

  it("asks the model it is configured with", async () => {
    const [model, writer] = [new ScriptedModel(), new ScriptedModel("test/writer")];
    writer.script(says("Written."));
    const kit = await kits.open({ models: [model, writer], settings: { compaction: { model: writer.reference } } });
    await talk(kit, 4);
    expect(await compact(kit)).to.include({ model: writer.reference });
    expect([model.requests.length, writer.requests.length]).to.deep.equal([4, 1]);
  });

  it("shows nobody what the model thinks before it has written the summary", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(
      yields({ kind: "thinking", block: "x", text: "hmm" }, { kind: "text", block: "t", text: "S" }, done),
    );
    const { run } = await kit.client.sessions.compactSession({ name });
    const texts: string[] = [];
    for await (const step of kit.client.followRun(run)) if (step.kind === "append") texts.push(step.text);
    expect(texts.join("")).to.equal("S");
  });

  it("survives a restart, and starts again with a reset", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(says("Kept."));
    await compact(kit);
    await kit.restart();
    await kit.ask("q5");
    expect(lastRequest(kit)[0]).to.contain("Kept.");
    await kit.client.sessions.resetSession({ name });
    await kit.ask("fresh");
    expect(lastRequest(kit)).to.deep.equal(["USER fresh"]);
    expect(await session(kit)).to.include({ summary: "", compactedPosition: 0n });
  });

  it("is part of a fork that holds the summary, and not of one that ends before it", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    const early = (await kit.transcript()).at(-1)?.name;
    kit.model.script(says("Forked."));
    await compact(kit);
    const { client } = kit;
    await client.sessions.createSession({ sessionId: "late", forkFrom: name });
    await client.sessions.createSession({ sessionId: "early", forkFrom: early });
    await kit.ask("on", { parent: "sessions/late" });
    expect(lastRequest(kit)).to.have.length(8);
    expect(lastRequest(kit)[0]).to.contain("Forked.");
    await kit.ask("on", { parent: "sessions/early" });
    expect(lastRequest(kit)).to.have.length(9);
    expect((await session(kit, "sessions/late")).summary).to.match(/^sessions\/late\/messages\//);
  });

  it("works with the echo model, whose summary is the same every time and runs no command of the transcript", async () => {
    const kit = await kits.open({ models: [new EchoModel()] });
    for (const text of ["one", "/fail refused 1 times", "three", "four", "five"]) await kit.ask(text);
    const { state, outputs } = await compact(kit);
    expect(state).to.equal(State.SUCCEEDED);
    const { message } = await kit.client.sessions.getMessage({ name: outputs[0] });
    expect(message?.parts[0]?.kind.value).to.equal("user:\none\nassistant:\none\nuser:\n/fail refused 1 times");
  });

  it("is refused for a session that is not there and for instructions that are too long", async () => {
    const kit = await kits.open();
    await expectFailure(kit.client.sessions.compactSession({ name: "sessions/none" }), "NOT_FOUND");
    await expectFailure(kit.client.sessions.compactSession({ name, instructions: "x".repeat(2_001) }), "FIELD_INVALID");
  });
});

const done = {
  kind: "finish",
  stopReason: 1,
  usage: { inputTokens: 1n, outputTokens: 1n, cachedTokens: 0n },
} as const;

/** Says it once the gate is open. */
function slow(gate: Promise<void>, text: string) {
  return async function* () {
    await gate;
    yield { kind: "text" as const, block: "t", text };
    yield done;
  };
}
