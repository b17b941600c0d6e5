/** Bounds of what may wait in a session. */

import { expect } from "chai";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import type { SettingsOverrides } from "../../support/core-process.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { hangs } from "../../support/scripted-model.ts";

const { STEER, FOLLOW_UP, COLLECT, INTERRUPT } = QueueMode;

describe("a session's queue", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function openBusy(queue: SettingsOverrides["queue"], first = "first"): Promise<CoreKit> {
    const kit = await kits.open({ settings: { queue } });
    kit.model.script(hangs());
    await kit.send(first);
    return kit;
  }

  for (const queueMode of [STEER, FOLLOW_UP, COLLECT]) {
    it(`refuses a message beyond its cap with mode ${queueMode}, and says when to come back`, async () => {
      const kit = await openBusy({ cap: 3 });
      for (const text of ["1", "2", "3"]) await kit.send(text, { queueMode });
      const error = await expectFailure(kit.send("4", { queueMode }), "QUEUE_FULL");
      expect(error.retryAfterMs).to.be.greaterThan(0);
      expect(error.metadata.limit).to.contain("3");
      expect(await kit.transcript()).to.have.length(4);
    });

    it(`refuses text beyond its bytes with mode ${queueMode}`, async () => {
      const kit = await openBusy({ maxBytes: 10 });
      await kit.send("éééé", { queueMode });
      await expectFailure(kit.send("éé", { queueMode }), "QUEUE_FULL");
      await kit.send("é", { queueMode });
    });
  }

  it("keeps its order when the clock was set back between two processes", async () => {
    const kit = await kits.open();
    kit.model.script(hangs(), hangs());
    await kit.send("first");
    const before = await kit.send("before", { queueMode: FOLLOW_UP });
    await kit.stop();
    kit.clock.advance(-7_200_000);
    await kit.start();
    const after = await kit.send("after", { queueMode: FOLLOW_UP });
    const queued = await kit.store.read(({ runs }) => runs.listQueued("sessions/main"));
    expect(queued.map(({ run }) => run.name)).to.deep.equal([before.run?.name, after.run?.name]);
    const { runs } = await kit.client.runs.listRuns({ parent: "sessions/main", pageSize: 1 });
    expect(runs[0]?.name).to.equal(after.run?.name);
  });

  for (const restarted of [false, true]) {
    it(`starts what is collected when its pause is over though the clock is set back, restarted ${restarted}`, async () => {
      const kit = await kits.open({ settings: { queue: { debounceMs: 300 } } });
      kit.model.script(hangs());
      const { run: first } = await kit.send("first");
      const { run } = await kit.send("more", { queueMode: COLLECT });
      await kit.client.runs.cancelRun({ name: first?.name ?? "" });
      if (restarted) await kit.stop();
      kit.clock.advance(-7_200_000);
      if (restarted) await kit.start();
      expect((await kit.ended(run?.name ?? "")).state).to.equal(State.SUCCEEDED);
    });
  }

  it("counts only what waits, not what the active run has read", async () => {
    const kit = await openBusy({ maxBytes: 10 }, "x".repeat(1_000));
    await kit.send("0123456789", { queueMode: STEER });
  });

  it("changes nothing when INTERRUPT is refused", async () => {
    const kit = await kits.open({ settings: { queue: { cap: 1 }, run: { maxConcurrent: 1 } } });
    kit.model.script(hangs());
    await kit.send("keep busy", { parent: await kit.newSession("other") });
    await kit.send("first");
    await expectFailure(kit.send("second", { queueMode: INTERRUPT }), "QUEUE_FULL");
    const { session } = await kit.client.sessions.getSession({ name: "sessions/main" });
    expect(session).to.include({ queuedRunCount: 1, messageCount: 1 });
  });
});
