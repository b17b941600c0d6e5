/** Following the event log over connections that break: every event once, in order, none missing. */

import { expect } from "chai";
import { Load } from "../support/load.ts";
import { expectGapFree, expectSameLog, LogReader, readLog } from "../support/log-reader.ts";
import { RestartingGateway } from "../support/restarting-gateway.ts";
import { SeededRandom } from "../support/seeded-random.ts";

describe("the event log over a bad connection", function () {
  this.timeout(60_000);
  let gateway: RestartingGateway;

  beforeEach(async () => {
    gateway = await RestartingGateway.start();
  });
  afterEach(() => gateway.close());

  /** Fails unless every reader read all there is behind the cursor. */
  async function expectRead(readers: readonly LogReader[], cursor: string, seed: number): Promise<void> {
    const { gateway: status } = await gateway.direct().gateway.getGateway({});
    expect(status?.gatewayId).not.to.equal("");
    const log = await readLog(gateway.direct());
    expectGapFree(log);
    const last = Number(log.at(-1)?.sequence);
    const behind = await readLog(gateway.direct(), cursor);
    for (const reader of readers) {
      await reader.finish(last);
      const whole = reader.events.filter(({ sequence }) => Number(sequence) <= last);
      expect(whole.length, `seed ${seed}`).to.be.greaterThan(20);
      expectSameLog(whole, log, Number(behind[0]?.sequence) - 1);
    }
  }

  it("is told whole to every reader though the network cuts them at random", async () => {
    const random = new SeededRandom();
    const { cursor } = await gateway.direct().gateway.getGateway({});
    gateway.proxy.nextLimit = () => (random.chance(0.7) ? random.between(100, 8_000) : undefined);
    const cutter = setInterval(() => random.chance(0.3) && gateway.proxy.cut(), 60);
    const readers = [1, 2, 3, 4].map(() => new LogReader(gateway.client(), cursor));
    const load = new Load(() => gateway.direct(), random, ["a", "b", "c"]);
    await load.open();
    await load.run(40);
    await load.runWhile(() => gateway.proxy.cuts < 5);
    clearInterval(cutter);
    await expectRead(readers, cursor, random.seed);
  });

  it("is told whole to every reader though the gateway is killed, stopped and started again", async () => {
    const random = new SeededRandom();
    const { cursor } = await gateway.direct().gateway.getGateway({});
    const readers = [1, 2].map(() => new LogReader(gateway.client(), cursor));
    const load = new Load(() => gateway.client(), random, ["a", "b", "c"]);
    await load.open();
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const work = load.run(15);
      await new Promise((resolve) => setTimeout(resolve, random.between(50, 300)));
      await gateway.restart(signal);
      await work;
    }
    await expectRead(readers, cursor, random.seed);
  });
});
