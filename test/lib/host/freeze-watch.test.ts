/** A process notices that it stood still. */

import { expect } from "chai";
import { FreezeWatch } from "../../../src/lib/host/freeze-watch.ts";
import { TestClock } from "../../support/test-clock.ts";

describe("FreezeWatch", () => {
  const clock = new TestClock();
  let frozen: number[];
  let watch: FreezeWatch;

  beforeEach(() => {
    frozen = [];
    watch = new FreezeWatch(clock, 30_000, (ms) => frozen.push(ms));
    watch.start();
  });
  afterEach(() => watch.stop());

  it("says nothing while its timer rings in time", () => {
    clock.advance(5_000);
    watch.look();
    expect(frozen).to.deep.equal([]);
  });

  it("tells of a standstill, once", () => {
    clock.advance(60_000);
    watch.look();
    watch.look();
    expect(frozen).to.have.length(1);
    expect(frozen[0]).to.be.within(55_000, 56_000);
  });
});
