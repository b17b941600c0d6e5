/** What becomes of a message, by queue mode and by what its session is busy with. */

import { expect } from "chai";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import {
  CreateRunResponse_Disposition as Disposition,
  CreateRunRequest_QueueMode as QueueMode,
} from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import type { SettingsOverrides } from "../../support/core-process.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { hangs, readRequest, waits } from "../../support/scripted-model.ts";

const { STEER, FOLLOW_UP, COLLECT, INTERRUPT, REJECT } = QueueMode;

describe("a message for a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** A session whose run waits for `resume`. */
  async function openBusy(
    settings: SettingsOverrides = {},
  ): Promise<{ kit: CoreKit; active: string; resume: () => void }> {
    const kit = await kits.open({ settings });
    let resume = (): void => {};
    kit.model.script(waits(new Promise<void>((resolve) => (resume = resolve)), "so", " far"));
    const { run } = await kit.send("first");
    await kit.model.called(1);
    return { kit, active: run?.name ?? "", resume };
  }

  /** A session whose first run waits for a slot. */
  async function openQueued(): Promise<{ kit: CoreKit; blocker: string; queued: string }> {
    const kit = await kits.open({ settings: { run: { maxConcurrent: 1 } } });
    kit.model.script(hangs());
    const { run: blocker } = await kit.send("keep busy", { parent: await kit.newSession("other") });
    const { run: queued, disposition } = await kit.send("first");
    expect(disposition).to.equal(Disposition.QUEUED);
    return { kit, blocker: blocker?.name ?? "", queued: queued?.name ?? "" };
  }

  async function session(kit: CoreKit) {
    const { session: found } = await kit.client.sessions.getSession({ name: "sessions/main" });
    return { active: found?.activeRun, queued: found?.queuedRunCount, messages: found?.messageCount };
  }

  for (const [name, queueMode] of Object.entries(QueueMode)) {
    it(`starts at once with ${name} when the session is idle`, async () => {
      const kit = await kits.open();
      const { run, disposition, message } = await kit.send("hello", { queueMode });
      expect(disposition).to.equal(Disposition.STARTED);
      expect(run).to.include({ state: State.RUNNING, attempt: 1 });
      expect(run?.inputs).to.deep.equal([message]);
      expect(await kit.ended(run?.name ?? "")).to.include({ state: State.SUCCEEDED });
    });
  }

  describe("that has an active run", () => {
    for (const queueMode of [QueueMode.UNSPECIFIED, STEER]) {
      it(`is handed to that run with mode ${queueMode}`, async () => {
        const { kit, active, resume } = await openBusy();
        const { run, disposition, message } = await kit.send("also this", { queueMode });
        expect(disposition).to.equal(Disposition.STEERED);
        expect(run?.name).to.equal(active);
        expect(run?.inputs).to.include(message);
        resume();
        const ended = await kit.ended(active);
        expect(ended.state).to.equal(State.SUCCEEDED);
        expect(readRequest(kit.model.requests[1]!)).to.deep.equal([
          ...["USER first", "ASSISTANT so far", "USER also this"],
        ]);
      });
    }

    it("waits and runs on its own with FOLLOW_UP, in the order of arrival", async () => {
      const { kit, active, resume } = await openBusy();
      const second = await kit.send("second", { queueMode: FOLLOW_UP });
      const third = await kit.send("third", { queueMode: FOLLOW_UP });
      expect(second.disposition).to.equal(Disposition.QUEUED);
      expect(await session(kit)).to.deep.equal({ active, queued: 2, messages: 3 });
      resume();
      const runs = [await kit.ended(second.run?.name ?? ""), await kit.ended(third.run?.name ?? "")];
      expect(runs.map(({ inputs }) => inputs)).to.deep.equal([[second.message], [third.message]]);
      expect(readRequest(kit.model.requests[1]!).at(-1)).to.equal("USER second");
      expect(readRequest(kit.model.requests[2]!).at(-1)).to.equal("USER third");
      expect(await session(kit)).to.deep.equal({ active: "", queued: 0, messages: 6 });
    });

    it("waits for more and is answered together with it with COLLECT", async () => {
      const { kit, resume } = await openBusy();
      const second = await kit.send("second", { queueMode: COLLECT });
      const third = await kit.send("third", { queueMode: COLLECT });
      expect([second.disposition, third.disposition]).to.deep.equal([Disposition.QUEUED, Disposition.COLLECTED]);
      expect(third.run?.name).to.equal(second.run?.name);
      resume();
      const run = await kit.ended(second.run?.name ?? "");
      expect(run.inputs).to.deep.equal([second.message, third.message]);
      expect(readRequest(kit.model.requests[1]!).slice(-2)).to.deep.equal(["USER second", "USER third"]);
      expect(kit.model.requests).to.have.length(2);
    });

    it("does not join a run that started before it with COLLECT", async () => {
      const { kit, resume } = await openBusy({ queue: { debounceMs: 0 } });
      const second = await kit.send("second", { queueMode: COLLECT });
      kit.model.script(hangs());
      resume();
      await kit.model.called(2);
      const third = await kit.send("third", { queueMode: COLLECT });
      expect(third.disposition).to.equal(Disposition.QUEUED);
      expect(third.run?.name).not.to.equal(second.run?.name);
    });

    it("does not join a run made by FOLLOW_UP with COLLECT", async () => {
      const { kit } = await openBusy();
      const second = await kit.send("second", { queueMode: FOLLOW_UP });
      const third = await kit.send("third", { queueMode: COLLECT });
      expect(third.disposition).to.equal(Disposition.QUEUED);
      expect(third.run?.name).not.to.equal(second.run?.name);
    });

    it("puts a collecting run off with every message that joins it", async () => {
      const { kit, resume } = await openBusy({ queue: { debounceMs: 3_600_000 } });
      const second = await kit.send("second", { queueMode: COLLECT });
      resume();
      await kit.model.called(1);
      kit.clock.advance(3_000_000);
      await kit.send("third", { queueMode: COLLECT });
      kit.clock.advance(3_000_000);
      await kit.send("fourth", { queueMode: COLLECT });
      // Were it due now, its start would be committed before this.
      await kit.newSession("later");
      const { run: waiting } = await kit.client.runs.getRun({ name: second.run?.name });
      expect(waiting).to.include({ state: State.QUEUED });
      kit.clock.advance(3_600_000);
      // Another message wakes the queue; the clock of this test has no timers.
      await kit.send("wake", { queueMode: FOLLOW_UP });
      const run = await kit.ended(second.run?.name ?? "");
      expect(run.inputs).to.have.length(3);
    });

    it("takes over with INTERRUPT, keeping what was said and marking it truncated", async () => {
      const { kit, active } = await openBusy();
      const second = await kit.send("second", { queueMode: INTERRUPT });
      expect(second.disposition).to.equal(Disposition.STARTED);
      const { run: interrupted } = await kit.client.runs.getRun({ name: active });
      expect(interrupted).to.include({ state: State.CANCELLED, cause: second.run?.name });
      expect(interrupted?.error?.message).to.contain("newer message");
      await kit.ended(second.run?.name ?? "");
      expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER first", "ASSISTANT so", "USER second"]);
      const [, partial] = await kit.transcript();
      expect(partial).to.include({ truncated: true, run: active });
    });

    it("takes over with INTERRUPT before work on the run has begun, which then never begins", async () => {
      const kit = await kits.open();
      const [first, second] = await Promise.all([kit.send("first"), kit.send("second", { queueMode: INTERRUPT })]);
      expect(await kit.ended(second.run?.name ?? "")).to.include({ state: State.SUCCEEDED });
      expect(await kit.ended(first.run?.name ?? "")).to.include({ state: State.CANCELLED, cause: second.run?.name });
      expect(kit.model.requests.map((request) => readRequest(request).at(-1))).to.deep.equal(["USER second"]);
      expect(kit.core.activeRuns).to.equal(0);
    });

    it("goes before what waits already with INTERRUPT, and what waits still runs", async () => {
      const { kit } = await openBusy();
      const second = await kit.send("second", { queueMode: FOLLOW_UP });
      const third = await kit.send("third", { queueMode: INTERRUPT });
      expect(third.disposition).to.equal(Disposition.STARTED);
      await kit.ended(second.run?.name ?? "");
      expect(kit.model.requests.map((request) => readRequest(request).at(-1))).to.deep.equal([
        ...["USER first", "USER third", "USER second"],
      ]);
    });

    it("shows a message that was steered into an interrupted run to the next one", async () => {
      const { kit } = await openBusy();
      await kit.send("steered", { queueMode: STEER });
      await kit.send("now this", { queueMode: INTERRUPT });
      await kit.model.called(2);
      expect(readRequest(kit.model.requests[1]!)).to.deep.equal([
        ...["USER first", "ASSISTANT so", "USER steered", "USER now this"],
      ]);
    });

    it("is refused with REJECT, and nothing of it is kept", async () => {
      const { kit, active } = await openBusy();
      const error = await expectFailure(kit.send("second", { queueMode: REJECT }), "SESSION_BUSY");
      expect(error.metadata).to.deep.equal({ name: "sessions/main", run: active });
      expect(await session(kit)).to.deep.equal({ active, queued: 0, messages: 1 });
    });

    it("does what the gateway is configured to do when no mode is given", async () => {
      const { kit } = await openBusy({ queue: { mode: "reject" } });
      await expectFailure(kit.send("second"), "SESSION_BUSY");
    });

    it("is refused with a mode nobody knows", async () => {
      const { kit } = await openBusy();
      await expectFailure(kit.send("second", { queueMode: 99 as QueueMode }), "FIELD_INVALID");
    });
  });

  describe("whose run waits for a slot", () => {
    for (const queueMode of [STEER, FOLLOW_UP]) {
      it(`waits behind it with mode ${queueMode}`, async () => {
        const { kit, blocker, queued } = await openQueued();
        const second = await kit.send("second", { queueMode });
        expect(second.disposition).to.equal(Disposition.QUEUED);
        expect(await session(kit)).to.deep.equal({ active: "", queued: 2, messages: 2 });
        await kit.client.runs.cancelRun({ name: blocker });
        const runs = [await kit.ended(queued), await kit.ended(second.run?.name ?? "")];
        expect(runs.map(({ state }) => state)).to.deep.equal([State.SUCCEEDED, State.SUCCEEDED]);
        expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER first"]);
      });
    }

    it("goes before it with INTERRUPT", async () => {
      const { kit, blocker, queued } = await openQueued();
      const second = await kit.send("second", { queueMode: INTERRUPT });
      expect(second.disposition).to.equal(Disposition.QUEUED);
      await kit.client.runs.cancelRun({ name: blocker });
      await kit.ended(queued);
      expect(readRequest(kit.model.requests[1]!)).to.deep.equal(["USER second"]);
      expect(readRequest(kit.model.requests[2]!).at(-1)).to.equal("USER first");
    });

    it("goes before another INTERRUPT that waits: the newest is next", async () => {
      const { kit, blocker, queued } = await openQueued();
      for (const text of ["second", "third"]) await kit.send(text, { queueMode: INTERRUPT });
      await kit.client.runs.cancelRun({ name: blocker });
      await kit.ended(queued);
      const order = kit.model.requests.slice(1).map((request) => readRequest(request).at(-1));
      expect(order).to.deep.equal(["USER third", "USER second", "USER first"]);
    });

    it("collects behind it with COLLECT", async () => {
      const { kit, blocker, queued } = await openQueued();
      const second = await kit.send("second", { queueMode: COLLECT });
      const third = await kit.send("third", { queueMode: COLLECT });
      expect(third).to.include({ disposition: Disposition.COLLECTED });
      await kit.client.runs.cancelRun({ name: blocker });
      await kit.ended(queued);
      expect((await kit.ended(second.run?.name ?? "")).inputs).to.deep.equal([second.message, third.message]);
    });

    it("is refused with REJECT", async () => {
      const { kit, queued } = await openQueued();
      const error = await expectFailure(kit.send("second", { queueMode: REJECT }), "SESSION_BUSY");
      expect(error.metadata.run).to.equal(queued);
    });
  });
});
