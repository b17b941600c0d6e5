/** Forking sessions: a copy of a transcript, whole or up to a message, that every provider accepts. */

import { expect } from "chai";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { asks, hangs, readRequest, says } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";

describe("forking a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  const clockTool = () => scriptedTool("clock", { answer: () => "12:00" });

  /** The transcript as "role: text", oldest first. */
  async function read(kit: CoreKit, parent: string): Promise<string[]> {
    const messages = await kit.transcript(parent);
    const request = { instructions: "", tools: [], messages };
    return readRequest(request);
  }

  async function fork(kit: CoreKit, forkFrom: string): Promise<string> {
    const { session } = await kit.client.sessions.createSession({ sessionId: "fork", forkFrom });
    return session?.name ?? "";
  }

  it("copies the whole transcript of the current generation", async () => {
    const kit = await kits.open();
    await kit.ask("old");
    await kit.client.sessions.resetSession({ name: "sessions/main" });
    await kit.ask("one");
    await kit.ask("two");
    const name = await fork(kit, "sessions/main");
    expect(await read(kit, name)).to.deep.equal(["USER one", "ASSISTANT done", "USER two", "ASSISTANT done"]);
  });

  it("names its parent, counts its messages and takes over the settings", async () => {
    const kit = await kits.open();
    const settings = { thinking: "low" };
    await kit.client.sessions.updateSession({ session: { name: "sessions/main", settings } });
    await kit.ask("one");
    await fork(kit, "sessions/main");
    const { session } = await kit.client.sessions.getSession({ name: "sessions/fork" });
    expect(session).to.include({ parent: "sessions/main", messageCount: 2, generation: 1 });
    expect(session?.settings?.thinking).to.equal("low");
  });

  it("copies up to and including a message, of an earlier generation too", async () => {
    const kit = await kits.open();
    await kit.ask("one");
    const second = await kit.ask("two");
    await kit.client.sessions.resetSession({ name: "sessions/main" });
    await kit.ask("three");
    const name = await fork(kit, second.inputs[0] ?? "");
    expect(await read(kit, name)).to.deep.equal(["USER one", "ASSISTANT done", "USER two"]);
  });

  it("goes on in the fork without changing the original", async () => {
    const kit = await kits.open();
    await kit.ask("one");
    const name = await fork(kit, "sessions/main");
    await kit.ask("more", { parent: name });
    expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER one", "ASSISTANT done", "USER more"]);
    expect(await kit.transcript("sessions/main")).to.have.length(2);
  });

  it("keeps a tool call with its result", async () => {
    const kit = await kits.open({ tools: [clockTool()] });
    kit.model.script(asks([["c1", "clock"]]), says("noon"));
    await kit.ask("time?");
    const name = await fork(kit, "sessions/main");
    await kit.ask("again", { parent: name });
    expect(readRequest(kit.model.requests[2]!)).to.deep.equal([
      ...["USER time?", "ASSISTANT clock#c1", "TOOL 12:00", "ASSISTANT noon", "USER again"],
    ]);
  });

  it("ends before a tool call whose result is not included", async () => {
    const kit = await kits.open({ tools: [clockTool()] });
    kit.model.script(asks([["c1", "clock"]]), says("noon"));
    const run = await kit.ask("time?");
    const name = await fork(kit, run.outputs[0] ?? "");
    expect(await read(kit, name)).to.deep.equal(["USER time?"]);
  });

  it("leaves out what no agent has seen", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    await kit.send("one");
    const { run } = await kit.send("two", { queueMode: 2 });
    await kit.client.runs.cancelRun({ name: run?.name });
    await kit.send("three", { queueMode: 2 });
    const name = await fork(kit, "sessions/main");
    expect(await read(kit, name)).to.deep.equal(["USER one"]);
  });

  it("can be forked again, tool calls included", async () => {
    const kit = await kits.open({ tools: [clockTool()] });
    kit.model.script(asks([["c1", "clock"]]), says("noon"));
    await kit.ask("time?");
    await fork(kit, "sessions/main");
    const forkFrom = "sessions/fork";
    const { session } = await kit.client.sessions.createSession({ sessionId: "again", forkFrom });
    expect(session?.messageCount).to.equal(4);
    expect(await read(kit, "sessions/again")).to.deep.equal(await read(kit, "sessions/main"));
  });

  it("refuses what is not there or no session or message at all", async () => {
    const kit = await kits.open();
    const run = await kit.ask("one");
    for (const forkFrom of ["sessions/x", "sessions/main/messages/x"]) {
      await expectFailure(fork(kit, forkFrom), "NOT_FOUND");
    }
    for (const forkFrom of ["main", run.name]) await expectFailure(fork(kit, forkFrom), "FIELD_INVALID");
  });
});
