/** Notes in transcripts: messages no agent was asked about. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { asks, readRequest, says } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";
import { until } from "../../support/until.ts";

const parent = "sessions/main";
const text = (value: string) => ({ kind: { case: "text" as const, value } });

describe("appending a message", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function append(kit: CoreKit, role: Message["role"], value: string): Promise<Message | undefined> {
    const request = { parent, message: { role, parts: [text(value)] } };
    return (await kit.client.sessions.appendMessage(request)).message;
  }

  it("keeps it without running the agent, and counts it", async () => {
    const kit = await kits.open();
    const message = await append(kit, Role.SYSTEM, "note");
    expect(message).to.include({ role: Role.SYSTEM, generation: 1, run: "", pending: false, draft: 0 });
    const { session } = await kit.client.sessions.getSession({ name: parent });
    expect(session).to.include({ messageCount: 1, activeRun: "" });
    expect(kit.model.requests).to.deep.equal([]);
  });

  it("shows it to the agent in its next run", async () => {
    const kit = await kits.open();
    await append(kit, Role.USER, "I like tea");
    await append(kit, Role.ASSISTANT, "noted");
    await kit.ask("what do I like?");
    expect(readRequest(kit.model.requests[0]!)).to.deep.equal([
      ...["USER I like tea", "ASSISTANT noted", "USER what do I like?"],
    ]);
  });

  it("leaves a transcript every provider accepts when it comes between a tool call and its result", async () => {
    let answer = (_text: string): void => {};
    const slow = scriptedTool("slow", { answer: () => new Promise<string>((resolve) => (answer = resolve)) });
    const kit = await kits.open({ tools: [slow] });
    kit.model.script(asks([["c1", "slow"]]), says("first"), says("second"));
    const { run } = await kit.send("go");
    await kit.model.called(1);
    await until(() => slow.calls.length > 0, "the tool is called");
    await append(kit, Role.USER, "a note");
    answer("result");
    await kit.ended(run?.name ?? "");
    await kit.ask("more");
    expect(readRequest(kit.model.requests[2]!)).to.deep.equal([
      ...["USER go", "ASSISTANT slow#c1", "TOOL result", "USER a note", "ASSISTANT first", "USER more"],
    ]);
  });

  it("answers a repeated request with the same message", async () => {
    const kit = await kits.open();
    const request = { parent, message: { role: Role.USER, parts: [text("once")] }, requestId: randomUUID() };
    const first = await kit.client.sessions.appendMessage(request);
    const second = await kit.client.sessions.appendMessage(request);
    expect(second).to.deep.equal(first);
    expect(await kit.transcript()).to.have.length(1);
  });

  it("works while a generation is old: it goes to the current one", async () => {
    const kit = await kits.open();
    await kit.client.sessions.resetSession({ name: parent });
    expect((await append(kit, Role.USER, "note"))?.generation).to.equal(2);
  });

  for (const [what, message, field] of [
    ["the role of a tool", { role: Role.TOOL, parts: [text("x")] }, "message.role"],
    ["no role", { parts: [text("x")] }, "message.role"],
    ["no message", undefined, "message.role"],
    ["no parts", { role: Role.USER, parts: [] }, "message.parts"],
    ["an empty text", { role: Role.USER, parts: [text("")] }, "message.parts"],
    ["more than 1 MiB", { role: Role.USER, parts: [text("é".repeat(524_289))] }, "message.parts"],
    ["more than 64 parts", { role: Role.USER, parts: Array(65).fill(text("x")) }, "message.parts"],
    [
      "thinking",
      { role: Role.ASSISTANT, parts: [{ kind: { case: "thinking" as const, value: "hm" } }] },
      "message.parts[0]",
    ],
    [
      "state of a model",
      { role: Role.ASSISTANT, parts: [{ ...text("x"), modelState: { a: 1 } }] },
      "message.parts[0].model_state",
    ],
    [
      "state of a model that is no JSON",
      { role: Role.ASSISTANT, parts: [{ ...text("x"), modelState: { a: Number.NaN } }] },
      "message.parts[0].model_state",
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { client } = await kits.open();
      const request =
        message === undefined ? { parent } : { parent, message: { ...message, parts: [...message.parts] } };
      const error = await expectFailure(client.sessions.appendMessage(request), "FIELD_INVALID");
      expect(error.violations[0]?.field).to.equal(field);
    });
  }

  it("refuses a session that is not there", async () => {
    const { client } = await kits.open();
    const message = { role: Role.USER, parts: [text("x")] };
    await expectFailure(client.sessions.appendMessage({ parent: "sessions/x", message }), "NOT_FOUND");
  });
});
