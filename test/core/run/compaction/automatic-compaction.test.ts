/** Compaction nobody asked for: when a model has read about as much as it can, and when it could not read that much. */

import { expect } from "chai";
import { Message_Role as Role } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, Run_State as State, Run_Trigger as Trigger } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { contextFull, modelRefused } from "../../../../src/core/run/run-failure.ts";
import { type CoreKit, CoreKits } from "../../../support/core-kit.ts";
import { reasonOf } from "../../../support/run-error.ts";
import { asks, fails, hangs, readRequest, ScriptedModel, says, type Turn } from "../../../support/scripted-model.ts";
import { scriptedTool } from "../../../support/scripted-tool.ts";

const name = "sessions/main";
const tooLong = () => contextFull({ model: "test/one", detail: "too many tokens" });

/** Says it, having read so many tokens. */
function reads(tokens: number, text: string): Turn {
  return async function* () {
    yield { kind: "text", block: "t", text };
    const usage = { inputTokens: BigInt(tokens), outputTokens: 0n, cachedTokens: 0n };
    yield { kind: "finish", stopReason: 1, usage };
  };
}

describe("a transcript that nearly fills what the model reads", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** A model that reads 1 000 tokens, and some turns of 60 tokens each. */
  async function open(turns: number, settings: Parameters<CoreKits["open"]>[0] = {}): Promise<CoreKit> {
    const model = new ScriptedModel("test/one", 1_000);
    const kit = await kits.open({ models: [model], ...settings });
    for (let turn = 1; turn <= turns; turn++) {
      model.script(says(`a${turn}`));
      await kit.ask(`q${turn} ${"x".repeat(236)}`);
    }
    return kit;
  }

  async function compactions(kit: CoreKit): Promise<Run[]> {
    const { runs } = await kit.client.runs.listRuns({ parent: name, filter: "trigger = SYSTEM" });
    return runs;
  }

  it("is summed up after the turn, keeping the newest turns", async () => {
    const kit = await open(6);
    kit.model.script(reads(800, "a7"), says("They counted."), says("a8"));
    await kit.ask("q7");
    await kit.model.called(8);
    const [run] = await compactions(kit);
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED, trigger: Trigger.SYSTEM });
    expect(run?.compaction).to.include({ automatic: true });
    await kit.ask("q8");
    const texts = readRequest(kit.model.requests.at(-1)!).map((text) => text.slice(0, 12));
    expect(texts[0]).to.equal("USER [Summar");
    // A quarter of 1 000 tokens: the turn that was read, and four of about 60.
    expect(
      texts
        .slice(1)
        .filter((text) => text.startsWith("USER"))
        .map((text) => text.slice(5, 7)),
    ).to.deep.equal([...["q3", "q4", "q5", "q6", "q7", "q8"]]);
  });

  it("is left alone below four fifths, and where that is switched off", async () => {
    const below = await open(6);
    below.model.script(reads(799, "a7"));
    await below.ask("q7");
    const off = await open(6, { settings: { compaction: { enabled: false } } });
    off.model.script(reads(5_000, "a7"));
    await off.ask("q7");
    expect([...(await compactions(below)), ...(await compactions(off))]).to.deep.equal([]);
  });

  it("is left alone when nothing in it is old enough", async () => {
    const kit = await open(2);
    kit.model.script(reads(5_000, "a3"));
    await kit.ask("q3");
    expect(await compactions(kit)).to.deep.equal([]);
  });

  it("is summed up when there is more than the model was given, whatever it read", async () => {
    const kit = await open(14);
    const [run] = await compactions(kit);
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
  });

  it("is summed up before the next run that waits", async () => {
    const kit = await open(6);
    const gate = Promise.withResolvers<void>();
    kit.model.script(
      async function* (request, signal) {
        await gate.promise;
        yield* reads(900, "a7")(request, signal);
      },
      says("Summary."),
      says("a8"),
    );
    await kit.send("q7");
    await kit.model.called(7);
    const { run } = await kit.send("q8", { queueMode: 2 });
    gate.resolve();
    await kit.ended(run?.name ?? "");
    expect(readRequest(kit.model.requests.at(-1)!)[0]).to.contain("Summary.");
  });

  it("is summed up by the next process when this one dies meanwhile", async () => {
    const kit = await open(6);
    kit.model.script(reads(900, "a7"), hangs("half a summ"));
    await kit.ask("q7");
    await kit.model.called(8);
    kit.model.script(says("Whole."));
    await kit.restart();
    const [run] = await compactions(kit);
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED, attempt: 2 });
    const summaries = (await kit.transcript()).filter(({ role }) => role === Role.SYSTEM);
    expect(summaries.map(({ parts }) => parts[0]?.kind.value)).to.deep.equal(["Whole."]);
  });
});

describe("a transcript the model cannot read", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function talk(kit: CoreKit, turns: number): Promise<void> {
    for (let turn = 1; turn <= turns; turn++) {
      kit.model.script(says(`a${turn}`));
      await kit.ask(`q${turn}`);
    }
  }

  it("is summed up by the run that asked, which then asks once more", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(fails(tooLong()), says("Short."), says("a5"));
    const run = await kit.ask("q5");
    expect(run).to.include({ state: State.SUCCEEDED, trigger: Trigger.CLIENT });
    expect(run.outputs).to.have.length(1);
    expect(run.usage?.outputTokens).to.equal(10n);
    const texts = readRequest(kit.model.requests.at(-1)!);
    expect(texts[0]).to.contain("Short.");
    expect(texts.at(-1)).to.equal("USER q5");
    expect((await kit.transcript()).at(-1)?.parts[0]?.kind.value).to.equal("a5");
  });

  it("fails the run by name when it cannot be read even then", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(fails(tooLong()), says("Short."), fails(tooLong()));
    expect(reasonOf(await kit.ask("q5"))).to.equal("CONTEXT_FULL");
    expect(kit.model.requests).to.have.length(7);
  });

  it("fails the run by name when it cannot be summed up, and stays as it is", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(fails(tooLong()), fails(modelRefused({ model: "test/one", detail: "no" })));
    expect(reasonOf(await kit.ask("q5"))).to.equal("CONTEXT_FULL");
    const { session } = await kit.client.sessions.getSession({ name });
    expect(session).to.include({ summary: "", activeRun: "", messageCount: 9 });
  });

  it("is summed up in smaller pieces when the summary is too much to read as well", async () => {
    const kit = await kits.open({ models: [new ScriptedModel("test/one", 200)] });
    for (let turn = 1; turn <= 4; turn++) await kit.ask(`q${turn} ${"y".repeat(120)}`, { settings: {} });
    kit.model.script(fails(tooLong()), fails(tooLong()));
    const before = kit.model.requests.length;
    expect(await kit.ask("q5")).to.include({ state: State.SUCCEEDED });
    const sizes = kit.model.requests
      .slice(before)
      .flatMap((request) => (request.task === "summary" ? [readRequest(request).join("").length] : []));
    expect(sizes.length).to.be.greaterThan(2);
    expect(sizes[1]).to.be.lessThan(sizes[0] ?? 0);
  });

  it("is cut between the steps of a turn that alone is too long, and keeps its question", async () => {
    const tool = scriptedTool("big", { answer: () => "z".repeat(4_000) });
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(asks([["a", "big"]]), asks([["b", "big"]]), asks([["c", "big"]]));
    kit.model.script(fails(tooLong()), says("Two calls made."), says("done"));
    expect(await kit.ask("the question")).to.include({ state: State.SUCCEEDED });
    const texts = readRequest(kit.model.requests.at(-1)!);
    expect(texts[0]).to.contain("Two calls made.");
    expect(texts.slice(1).map((text) => text.slice(0, 16))).to.deep.equal([
      ...["USER the questio", "ASSISTANT big#c", "TOOL zzzzzzzzzzz"],
    ]);
  });

  it("is asked for again by the next process when this one dies after the summary", async () => {
    const kit = await kits.open();
    await talk(kit, 4);
    kit.model.script(fails(tooLong()), says("Short."), hangs());
    const { run } = await kit.send("q5");
    await kit.model.called(7);
    kit.model.script(says("a5"));
    await kit.restart();
    expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED, attempt: 2 });
    expect(readRequest(kit.model.requests.at(-1)!)[0]).to.contain("Short.");
    expect((await kit.transcript()).filter(({ role }) => role === Role.SYSTEM)).to.have.length(1);
  });
});
