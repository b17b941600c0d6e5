/** Tokens, summed up. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { modelRefused } from "../../../src/core/run/run-failure.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { fails, hangs, ScriptedModel } from "../../support/scripted-model.ts";

const noon = Date.UTC(2030, 0, 15, 12);

describe("usage", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  /** A gateway whose clock shows noon of 15 January 2030, UTC, or `hours` later. */
  async function openAt(hours = 0): Promise<CoreKit> {
    const models = [new ScriptedModel("test/one"), new ScriptedModel("test/two")];
    const kit = await kits.open({ models });
    kit.clock.advance(noon + hours * 3_600_000 - kit.clock.nowMs());
    return kit;
  }

  async function sum(kit: CoreKit, request: object = {}): Promise<unknown[]> {
    const { rows } = await kit.client.gateway.getUsage(request);
    return rows.map(({ group, runs, inputTokens, outputTokens, cachedTokens }) => [
      ...[group, runs, Number(inputTokens), Number(outputTokens), Number(cachedTokens)],
    ]);
  }

  it("is summed by day, in UTC unless a zone is named", async () => {
    const kit = await openAt();
    await kit.ask("one");
    await kit.ask("two");
    kit.clock.advance(11 * 3_600_000);
    await kit.ask("three");
    kit.clock.advance(2 * 3_600_000);
    await kit.ask("four");
    expect(await sum(kit)).to.deep.equal([
      ["2030-01-15", 3, 30, 15, 6],
      ["2030-01-16", 1, 10, 5, 2],
    ]);
    expect(await sum(kit, { timeZone: "Asia/Tokyo" })).to.deep.equal([
      ["2030-01-15", 2, 20, 10, 4],
      ["2030-01-16", 2, 20, 10, 4],
    ]);
  });

  it("is summed by model, agent or session", async () => {
    const kit = await openAt();
    const other = await kit.newSession("other");
    await kit.ask("one");
    await kit.ask("two", { parent: other, settings: { model: "test/two" } });
    const two = (group: string) => [group, 2, 20, 10, 4];
    const one = (group: string) => [group, 1, 10, 5, 2];
    expect(await sum(kit, { groupBy: "model" })).to.deep.equal([one("test/one"), one("test/two")]);
    expect(await sum(kit, { groupBy: "agent" })).to.deep.equal([two("agents/main")]);
    expect(await sum(kit, { groupBy: "session" })).to.deep.equal([one("sessions/main"), one(other)]);
  });

  it("counts runs that ended in the window: from its first moment to before its last", async () => {
    const kit = await openAt();
    const run = await kit.ask("one");
    const endMs = Number(run.endTime?.seconds) * 1_000 + (run.endTime?.nanos ?? 0) / 1e6;
    const window = (startMs: number, untilMs: number) => ({
      startTime: timestampFromMs(startMs),
      endTime: timestampFromMs(untilMs),
    });
    expect(await sum(kit, window(endMs, endMs + 1))).to.have.length(1);
    expect(await sum(kit, window(endMs - 1_000, endMs))).to.have.length(0);
    expect(await sum(kit, window(endMs + 1, endMs + 2))).to.have.length(0);
  });

  it("reaches back 30 days unless told", async () => {
    const kit = await openAt(-31 * 24);
    await kit.ask("one");
    kit.clock.advance(31 * 24 * 3_600_000);
    await kit.ask("two");
    expect(await sum(kit)).to.have.length(1);
    expect(await sum(kit, { startTime: timestampFromMs(0) })).to.have.length(2);
  });

  it("counts what failed and was cancelled by what it used, and leaves out what goes on", async () => {
    const kit = await openAt();
    kit.model.script(fails(modelRefused({ model: "test/one", detail: "no" })), hangs());
    await kit.ask("fails");
    await kit.send("goes on");
    expect(await sum(kit, { groupBy: "model" })).to.deep.equal([["test/one", 1, 0, 0, 0]]);
  });

  it("refuses an unknown zone or grouping and an empty window", async () => {
    const kit = await openAt();
    for (const [request, field] of [
      [{ timeZone: "Mars/Olympus" }, "time_zone"],
      [{ groupBy: "hour" }, "group_by"],
      [{ startTime: timestampFromMs(1_000), endTime: timestampFromMs(1_000) }, "start_time"],
    ] as const) {
      const error = await expectFailure(kit.client.gateway.getUsage(request), "FIELD_INVALID");
      expect(error.violations[0]?.field).to.equal(field);
    }
  });
});
