/** Model calls that fail: tried again, handed to the next model, or ended by name. */

import { expect } from "chai";
import { Delta_Channel as Channel, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { RunText } from "../../../src/client/run-text.ts";
import {
  contextFull,
  modelKeyRefused,
  modelOverloaded,
  modelRefused,
  modelUnavailable,
} from "../../../src/core/run/run-failure.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import type { SettingsOverrides } from "../../support/core-process.ts";
import { reasonOf } from "../../support/run-error.ts";
import { fails, ScriptedModel, says, type Turn, yields } from "../../support/scripted-model.ts";

const detail = { model: "test/one", detail: "the test says so" };
const unavailable = (text = ""): Turn => fails(modelUnavailable(detail), text);
const overloaded = (): Turn => fails(modelOverloaded(detail));

describe("a model call", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function openTwo(settings: SettingsOverrides = {}): Promise<{ kit: CoreKit; second: ScriptedModel }> {
    const second = new ScriptedModel("test/two");
    const models = [new ScriptedModel("test/one"), second];
    const kit = await kits.open({ models, settings: { agent: { fallbacks: ["test/two"] }, ...settings } });
    return { kit, second };
  }

  it("is tried again when the model could not be reached", async () => {
    const kit = await kits.open();
    kit.model.script(unavailable(), unavailable(), says("there"));
    expect(await kit.ask("hello")).to.include({ state: State.SUCCEEDED });
    expect(kit.model.requests).to.have.length(3);
  });

  it("is tried again when the answer broke off, and nothing of the first try is kept", async () => {
    const kit = await kits.open();
    kit.model.script(yields({ kind: "text", block: "t", text: "broken" }), says("whole"));
    await kit.ask("hello");
    const texts = (await kit.transcript()).map((message) => message.parts[0]?.kind.value);
    expect(texts).to.deep.equal(["hello", "whole"]);
  });

  it("makes watchers drop what the first try said", async () => {
    const kit = await kits.open();
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    kit.model.script(async function* (request, signal) {
      yield { kind: "text", block: "t", text: "broken" };
      await gate;
      yield* unavailable()(request, signal);
    }, says("whole"));
    const { run } = await kit.send("hello");
    const text = new RunText();
    const seen: string[] = [];
    for await (const { frame } of kit.client.runs.watchRun({ name: run?.name })) {
      if (frame.case !== "delta") continue;
      text.apply(frame.value);
      seen.push(text.text(Channel.TEXT));
      go();
    }
    expect(seen).to.include("broken");
    expect(seen.at(-1)).to.equal("whole");
    const [, answer] = await kit.transcript();
    expect(text.blocks().at(-1)?.draft).to.equal(answer?.draft);
  });

  it("waits as long as the provider asks, and hears a cancel meanwhile", async () => {
    const kit = await kits.open({ settings: { retry: { retryAfterCapMs: 3_600_000 } } });
    kit.model.script(fails(modelOverloaded({ ...detail, retryAfterMs: 3_600_000 })), says("too soon"));
    const { run } = await kit.send("hello");
    await kit.model.called(1);
    // Were it to wait for less, the second turn would answer.
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { run: cancelled } = await kit.client.runs.cancelRun({ name: run?.name });
    expect(cancelled?.state).to.equal(State.CANCELLED);
    expect(kit.model.requests).to.have.length(1);
  });

  it("waits no longer than it may, whatever the provider asks", async () => {
    const kit = await kits.open({ settings: { retry: { retryAfterCapMs: 5 } } });
    kit.model.script(fails(modelOverloaded({ ...detail, retryAfterMs: 3_600_000 })), says("there"));
    expect(await kit.ask("hello")).to.include({ state: State.SUCCEEDED });
  });

  for (const [what, failure, reason] of [
    ["refuses the request", modelRefused({ ...detail, status: 400 }), "MODEL_REFUSED"],
    ["refuses the key", modelKeyRefused(detail), "MODEL_KEY_REFUSED"],
    ["cannot read so much", contextFull(detail), "CONTEXT_FULL"],
  ] as const) {
    it(`is not tried again when the model ${what}`, async () => {
      const kit = await kits.open();
      kit.model.script(fails(failure));
      const run = await kit.ask("hello");
      expect(reasonOf(run)).to.equal(reason);
      expect(run.error?.metadata).to.include({ model: "test/one", attempts: "1" });
      expect(kit.model.requests).to.have.length(1);
    });
  }

  it("fails by name after as many tries as it has, with what was said last kept", async () => {
    const kit = await kits.open();
    kit.model.script(unavailable("one"), unavailable("two"), unavailable("three"));
    const run = await kit.ask("hello");
    expect(run.state).to.equal(State.FAILED);
    expect(reasonOf(run)).to.equal("MODEL_UNAVAILABLE");
    expect(run.error?.metadata).to.deep.equal({ model: "test/one", attempts: "3" });
    const [, partial] = await kit.transcript();
    expect(partial).to.include({ truncated: true });
    expect(partial?.parts[0]?.kind.value).to.equal("three");
  });

  it("falls back to the next model, and the run names who answered", async () => {
    const { kit, second } = await openTwo();
    kit.model.script(fails(modelRefused(detail)));
    second.script(says("instead"));
    expect(await kit.ask("hello")).to.include({ state: State.SUCCEEDED, model: "test/two" });
  });

  it("does not fall back when somebody chose the model", async () => {
    const { kit, second } = await openTwo();
    kit.model.script(fails(modelRefused(detail)));
    const run = await kit.ask("hello", { settings: { model: "test/one" } });
    expect(reasonOf(run)).to.equal("MODEL_REFUSED");
    expect(second.requests).to.deep.equal([]);
  });

  it("does not fall back when the conversation is too long: the next model is not asked to forget", async () => {
    const { kit, second } = await openTwo();
    kit.model.script(fails(contextFull(detail)));
    expect(reasonOf(await kit.ask("hello"))).to.equal("CONTEXT_FULL");
    expect(second.requests).to.deep.equal([]);
  });

  it("fails as the first model failed when none answers", async () => {
    const { kit, second } = await openTwo();
    kit.model.script(fails(modelKeyRefused(detail)));
    second.script(fails(modelRefused({ ...detail, model: "test/two" })));
    const run = await kit.ask("hello");
    expect(reasonOf(run)).to.equal("MODEL_KEY_REFUSED");
    expect(run.error?.metadata.model).to.equal("test/one");
  });

  it("asks every model again when all are overloaded, for some rounds", async () => {
    const { kit, second } = await openTwo({ retry: { tries: 1, overloadRounds: 2 } });
    kit.model.script(overloaded(), overloaded(), overloaded());
    second.script(overloaded(), overloaded(), says("at last"));
    expect(await kit.ask("hello")).to.include({ state: State.SUCCEEDED, model: "test/two" });
    kit.model.script(overloaded(), overloaded(), overloaded());
    second.script(overloaded(), overloaded(), overloaded());
    expect(reasonOf(await kit.ask("hello"))).to.equal("MODEL_OVERLOADED");
  });

  it("says what to do when the model is unknown", async () => {
    const kit = await kits.open();
    const run = await kit.ask("hello", { settings: { model: "nobody/nothing" } });
    expect(reasonOf(run)).to.equal("MODEL_UNUSABLE");
    expect(run.error?.metadata.model).to.equal("nobody/nothing");
  });
});
