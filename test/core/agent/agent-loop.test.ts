/** What an agent's work leaves behind: the shape of transcripts, runs and sessions. */

import { expect } from "chai";
import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State, Run_StopReason as StopReason } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { asks, finish, readRequest, ScriptedModel, says, scriptedUsage, yields } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";

const shape = (messages: readonly Message[]): unknown[] =>
  messages.map(({ role, parts }) => [role, ...parts.map(({ kind }) => kind.case)]);

describe("an agent at work", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("answers with one message and ends", async () => {
    const kit = await kits.open();
    kit.model.script(says("hello ", "there"));
    const run = await kit.ask("hi");
    expect(run).to.include({ state: State.SUCCEEDED, stopReason: StopReason.END, model: "test/one", attempt: 1 });
    expect(run.error).to.equal(undefined);
    const [, answer] = await kit.transcript();
    expect(answer).to.include({
      name: run.outputs[0],
      role: Role.ASSISTANT,
      run: run.name,
      truncated: false,
      sender: "",
    });
    expect(answer?.draft).to.be.greaterThan(0);
    expect(answer?.parts.map(({ kind }) => kind.value)).to.deep.equal(["hello there"]);
  });

  it("keeps thinking, text and tool calls as parts of one message, in order, with the model's state", async () => {
    const tool = scriptedTool("clock", { answer: () => "12:00" });
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(
      yields(
        { kind: "thinking", block: "1", text: "hm" },
        { kind: "state", block: "1", state: { signature: "s" } },
        { kind: "text", block: "2", text: "let me " },
        { kind: "text", block: "2", text: "see" },
        { kind: "toolUse", callId: "a", tool: "clock", input: { zone: "UTC" }, state: { id: 1 } },
        { kind: "text", block: "3", text: "while I wait" },
        finish,
      ),
      says("noon"),
    );
    const run = await kit.ask("time?");
    const messages = await kit.transcript();
    expect(shape(messages)).to.deep.equal([
      [Role.USER, "text"],
      [Role.ASSISTANT, "thinking", "text", "toolUse", "text"],
      [Role.TOOL, "toolResult"],
      [Role.ASSISTANT, "text"],
    ]);
    expect(run.outputs).to.deep.equal(messages.slice(1).map(({ name }) => name));
    expect(messages[1]?.parts.map(({ modelState }) => modelState)).to.deep.equal([
      ...[{ signature: "s" }, undefined, { id: 1 }, undefined],
    ]);
    expect(tool.calls[0]?.input).to.deep.equal({ zone: "UTC" });
    expect(kit.model.requests[1]?.messages[1]?.parts).to.deep.equal(messages[1]?.parts);
  });

  it("gives the model its instructions, the tools and the settings, the run's before the session's", async () => {
    const tool = scriptedTool("clock", { answer: () => "12:00" });
    const settings = { agent: { instructions: "Call me Ada.", maxOutputTokens: 11, thinking: "off" as const } };
    const kit = await kits.open({ tools: [tool], settings });
    const session = { name: "sessions/main", settings: { thinking: "low", maxOutputTokens: 22 } };
    await kit.ask("one");
    await kit.client.sessions.updateSession({ session });
    await kit.ask("two");
    await kit.ask("three", { settings: { maxOutputTokens: 33 } });
    const asked = kit.model.requests.map(({ thinking, maxOutputTokens }) => [thinking, maxOutputTokens]);
    expect(asked).to.deep.equal([
      ["off", 11],
      ["low", 22],
      ["low", 33],
    ]);
    expect(kit.model.requests[0]?.instructions).to.contain("Call me Ada.");
    const { name, description, inputSchema } = tool;
    expect(kit.model.requests[0]?.tools).to.deep.equal([{ name, description, inputSchema }]);
  });

  it("uses the session's model, and the run's before it", async () => {
    const models = ["test/one", "test/two", "test/three"].map((reference) => new ScriptedModel(reference));
    const kit = await kits.open({ models });
    const session = { name: "sessions/main", settings: { model: "test/two" } };
    await kit.client.sessions.updateSession({ session });
    expect((await kit.ask("hello")).model).to.equal("test/two");
    expect((await kit.ask("hello", { settings: { model: "test/three" } })).model).to.equal("test/three");
  });

  it("sums the tokens of all calls, and tells the session what the last one read", async () => {
    const tool = scriptedTool("clock", { answer: () => "12:00" });
    const kit = await kits.open({ tools: [tool] });
    const usage = { inputTokens: 100n, outputTokens: 1n, cachedTokens: 50n };
    kit.model.script(asks([["a", "clock"]]), yields({ ...finish, usage } as typeof finish));
    const run = await kit.ask("time?");
    expect(run.usage).to.include({
      inputTokens: scriptedUsage.inputTokens + 100n,
      outputTokens: scriptedUsage.outputTokens + 1n,
      cachedTokens: scriptedUsage.cachedTokens + 50n,
    });
    const { session } = await kit.client.sessions.getSession({ name: "sessions/main" });
    expect(session?.contextTokens).to.equal(101n);
  });

  it("tells why the model stopped", async () => {
    const kit = await kits.open();
    for (const stopReason of [StopReason.MAX_TOKENS, StopReason.FILTERED]) {
      kit.model.script(yields({ kind: "text", block: "t", text: "cut" }, { ...finish, stopReason } as typeof finish));
      expect(await kit.ask("hello")).to.include({ state: State.SUCCEEDED, stopReason });
    }
  });

  it("succeeds without a message when the model says nothing", async () => {
    const kit = await kits.open();
    kit.model.script(yields(finish));
    const run = await kit.ask("hello");
    expect(run.state).to.equal(State.SUCCEEDED);
    expect(run.outputs).to.deep.equal([]);
    await kit.ask("still there?");
    expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER hello", "USER still there?"]);
  });

  it("tells calls with the same id apart, in one answer and over the run", async () => {
    const tool = scriptedTool("clock", { answer: ({ input }) => `answer ${input.n}` });
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(
      asks([
        ["a", "clock", { n: 1 }],
        ["a", "clock", { n: 2 }],
      ]),
      asks([["a", "clock", { n: 3 }]]),
      says("done"),
    );
    await kit.ask("go");
    expect(readRequest(kit.model.requests[2]!)).to.deep.equal([
      ...["USER go", "ASSISTANT clock#a|clock#a-2", "TOOL answer 1", "TOOL answer 2", "ASSISTANT clock#a-3"],
      "TOOL answer 3",
    ]);
  });

  it("counts every message in the session", async () => {
    const tool = scriptedTool("clock", { answer: () => "12:00" });
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(
      asks([
        ["a", "clock"],
        ["b", "clock"],
      ]),
      says("noon"),
    );
    await kit.ask("time?");
    const { session } = await kit.client.sessions.getSession({ name: "sessions/main" });
    expect(session?.messageCount).to.equal(5);
    expect(await kit.transcript()).to.have.length(5);
  });

  it("keeps characters whole that the model cut in two", async () => {
    const kit = await kits.open();
    const [high = "", low = ""] = "𝄞".split("");
    kit.model.script(says("clef ", high, `${low}!`), says("half ", high));
    await kit.ask("one");
    await kit.ask("two");
    const texts = (await kit.transcript()).map((message) => message.parts[0]?.kind.value);
    expect(texts).to.deep.equal(["one", "clef 𝄞!", "two", "half \ufffd"]);
  });

  it("fails by name when the model has a bug, and says nothing of the bug", async () => {
    const kit = await kits.open();
    kit.model.script(() => {
      throw new TypeError("secret detail");
    });
    const run = await kit.ask("hello");
    expect(run.state).to.equal(State.FAILED);
    expect(run.error?.message).not.to.contain("secret");
  });
});
