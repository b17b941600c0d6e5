/** Tool calls: what the model gets back, whatever the tool does. */

import { expect } from "chai";
import { type ToolCall, ToolCall_State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Tool, ToolOutput } from "../../../src/core/agent/tool.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { asks, says } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";

describe("a tool call", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** What the model is told by the tool. */
  async function callOnce(tool: Tool, name = tool.name): Promise<{ kit: CoreKit; failed: boolean; text: string }> {
    const kit = await kits.open({ tools: [tool] });
    kit.model.script(asks([["a", name, { n: 1 }]]), says("done"));
    await kit.ask("go");
    const kind = kit.model.requests[1]?.messages.at(-1)?.parts[0]?.kind;
    if (kind?.case !== "toolResult") return expect.fail("no tool result reached the model");
    const { failed, text } = kind.value;
    return { kit, failed, text };
  }

  const answering = (answer: () => ToolOutput | Promise<ToolOutput>, timeoutMs?: number) =>
    scriptedTool("t", { answer, timeoutMs });

  it("gives the model the text", async () => {
    expect(await callOnce(answering(() => "12:00"))).to.include({ failed: false, text: "12:00" });
  });

  it("gives the model data as JSON", async () => {
    expect(await callOnce(answering(() => ({ hours: [12, 0] })))).to.include({ text: '{"hours":[12,0]}' });
  });

  it("tells the tool its session, run, time and zone", async () => {
    const tool = answering(() => "x");
    const { kit } = await callOnce(tool);
    const [call] = tool.calls;
    expect(call?.input).to.deep.equal({ n: 1 });
    expect(call?.context).to.include({ timeZone: "UTC" });
    expect(call?.context.session.name).to.equal("sessions/main");
    const { runs } = await kit.client.runs.listRuns({ parent: "sessions/main" });
    expect(call?.context.run.name).to.equal(runs[0]?.name);
  });

  it("fails with the tool's own words", async () => {
    const { failed, text } = await callOnce(
      answering(() => {
        throw new Error("no such city; try Lisbon");
      }),
    );
    expect({ failed, text }).to.deep.equal({ failed: true, text: "no such city; try Lisbon" });
  });

  it("fails when it takes too long, though the tool is deaf", async () => {
    const { failed, text } = await callOnce(answering(() => new Promise<string>(() => {}), 20));
    expect(failed).to.equal(true);
    expect(text).to.contain("longer than 0.02 s");
  });

  it("fails when there is no such tool, naming those there are", async () => {
    const { failed, text } = await callOnce(
      answering(() => "x"),
      "nothing",
    );
    expect(failed).to.equal(true);
    expect(text).to.contain('"nothing"').and.to.contain("t");
  });

  it("is cut at 64 KiB, between characters, and says so", async () => {
    const { text } = await callOnce(answering(() => `x${"語𝄞".repeat(20_000)}`));
    const [kept = "", note] = text.split("\n");
    expect(Buffer.byteLength(kept)).to.be.within(65_536 - 3, 65_536);
    expect(kept).not.to.contain("\ufffd");
    expect(note).to.match(/^\[cut: \d+ more bytes\]$/);
  });

  it("is kept well-formed though the tool's text is not", async () => {
    expect((await callOnce(answering(() => "half \ud834 pair"))).text).to.equal("half \ufffd pair");
  });

  it("is shown to watchers and kept in the log: begun, then ended with the beginning of its output", async () => {
    const kit = await kits.open({ tools: [answering(() => "y".repeat(2_000))] });
    kit.model.script(asks([["call/1", "t", { n: 1 }]]), says("done"));
    const { run, cursor } = await kit.send("go");
    const watched: ToolCall[] = [];
    for await (const { frame } of kit.client.runs.watchRun({ name: run?.name })) {
      if (frame.case === "toolCall") watched.push(frame.value);
    }
    const { events } = await kit.client.events.listEvents({ cursor, subjects: [`${run?.name}/toolCalls/*`] });
    const logged = events.flatMap(({ resource }) => (resource.case === "toolCall" ? [resource.value] : []));
    expect(logged.map(({ name, tool, state }) => [name, tool, state])).to.deep.equal([
      [`${run?.name}/toolCalls/call%2F1`, "t", ToolCall_State.STARTED],
      [`${run?.name}/toolCalls/call%2F1`, "t", ToolCall_State.SUCCEEDED],
    ]);
    expect(logged[1]?.outputPreview).to.equal("y".repeat(1_024));
    expect(logged[1]?.elapsed).not.to.equal(undefined);
    expect(watched).to.deep.equal(logged);
  });

  it("is made one after the other, in the order the model asked", async () => {
    const order: string[] = [];
    const make = (name: string) =>
      scriptedTool(name, {
        answer: async () => {
          order.push(`${name} begins`);
          await new Promise(setImmediate);
          order.push(`${name} ends`);
          return name;
        },
      });
    const kit = await kits.open({ tools: [make("a"), make("b")] });
    kit.model.script(
      asks([
        ["1", "b"],
        ["2", "a"],
      ]),
      says("done"),
    );
    await kit.ask("go");
    expect(order).to.deep.equal(["b begins", "b ends", "a begins", "a ends"]);
  });
});
