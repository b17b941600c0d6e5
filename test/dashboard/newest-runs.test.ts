import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { RunSchema, Run_State as State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { NewestRuns } from "../../src/dashboard/newest-runs.ts";

describe("the runs the page holds", () => {
  const run = (number: number, state: State = State.RUNNING) =>
    create(RunSchema, { name: `sessions/main/runs/${number}`, createTime: timestampFromMs(number * 1_000), state });

  it("are the newest, however many there were", () => {
    const runs = new NewestRuns(3);
    for (let number = 1; number <= 500; number += 1) runs.put(run(number));
    runs.put(run(7, State.SUCCEEDED));
    expect(runs.size).to.equal(3);
    expect(runs.list().map(({ name }) => name)).to.deep.equal([500, 499, 498].map((number) => run(number).name));
  });

  it("are as they are now", () => {
    const runs = new NewestRuns(3);
    runs.put(run(1));
    runs.put(run(1, State.SUCCEEDED));
    expect(runs.list().map(({ state }) => state)).to.deep.equal([State.SUCCEEDED]);
  });
});
