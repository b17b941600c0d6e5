/** Messages handed to a run that is at work. */

import { randomUUID } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { PartSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State, Run_Trigger as Trigger } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import type { Accepted } from "../../../src/core/message/input.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { asks, hangs, readRequest, says } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";
import { until } from "../../support/until.ts";

describe("steering a run", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("keeps the calls that were not made yet from being made, each with a result that says why", async () => {
    let answer = (_text: string): void => {};
    const slow = scriptedTool("slow", { answer: () => new Promise<string>((resolve) => (answer = resolve)) });
    const quick = scriptedTool("quick", { answer: () => "quick" });
    const kit = await kits.open({ tools: [slow, quick] });
    kit.model.script(
      asks([
        ["a", "slow"],
        ["b", "quick"],
        ["c", "quick"],
      ]),
      says("as you wish"),
    );
    const { run } = await kit.send("go");
    await until(() => slow.calls.length > 0, "the tool is called");
    await kit.send("stop that");
    answer("slow result");
    await kit.ended(run?.name ?? "");
    expect(quick.calls).to.deep.equal([]);
    const request = readRequest(kit.model.requests[1]!);
    expect(request[2]).to.equal("TOOL slow result");
    expect(request[3]).to.match(/^TOOL not called/);
    expect(request[4]).to.match(/^TOOL not called/);
    expect(request[5]).to.equal("USER stop that");
  });

  /** Queues the transaction that accepts the message before this returns. */
  it("is shown to whoever watches the run, also when work on it is only about to begin", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    const [first, second] = await Promise.all([steerNow(kit, "first"), steerNow(kit, "second")]);
    expect([first.disposition, second.disposition]).to.deep.equal(["started", "steered"]);
    await kit.model.called(1);
    for await (const { frame } of kit.client.runs.watchRun({ name: first.run.name })) {
      if (frame.case !== "run") continue;
      expect(frame.value.inputs).to.deep.equal([first.message, second.message]);
      break;
    }
  });

  function steerNow({ core }: CoreKit, text: string): Promise<Accepted> {
    const input = {
      session: "sessions/main",
      parts: [create(PartSchema, { kind: { case: "text", value: text } })],
      queueMode: "steer" as const,
      settings: undefined,
      timeoutMs: 60_000,
      sessionEtag: "",
      trigger: Trigger.CLIENT,
      sender: "token",
      deliverTo: "",
    };
    const call = { principal: "token", method: "test", requestId: randomUUID(), requestHash: new Uint8Array() };
    return core.inbox.accept(input, { ...call, encode: serialize, decode: deserialize });
  }

  for (const [when, place, disposition] of [
    ["right before the last answer is committed", "run.answered", "steered"],
    ["while the last answer is committed", "run.step", "started"],
    ["right after the last answer was committed", "store.after-commit", "started"],
  ] as const) {
    it(`never loses a message that comes ${when}`, async () => {
      let armed = false;
      let accepted: Promise<Accepted> | undefined;
      const faults = (reached: string): void => {
        if (reached === "run.step") armed = true;
        if (reached === place && (armed || place === "run.answered")) accepted ??= steerNow(kit, "just in time");
      };
      const kit = await kits.open({ faults });
      await kit.ask("first");
      const { run, disposition: became } = (await accepted) ?? expect.fail("the place was not reached");
      expect(became).to.equal(disposition);
      expect(await kit.ended(run.name)).to.include({ state: State.SUCCEEDED });
      expect(kit.model.requests.map((request) => readRequest(request).at(-1))).to.deep.equal([
        ...["USER first", "USER just in time"],
      ]);
    });
  }

  it("never loses a message, whenever it comes", async () => {
    const kit = await kits.open();
    for (let round = 0; round < 12; round++) {
      const first = await kit.send(`question ${round}`);
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      const steered = await kit.send(`more ${round}`, { queueMode: QueueMode.STEER });
      await kit.ended(first.run?.name ?? "");
      await kit.ended(steered.run?.name ?? "");
      expect(kit.model.requests.flatMap(readRequest), `round ${round}`).to.include(`USER more ${round}`);
    }
    const unseen = (await kit.transcript()).filter((message) => message.pending || message.withdrawn);
    expect(unseen).to.deep.equal([]);
  });
});
