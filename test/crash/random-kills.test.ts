/** A gateway that is killed at any moment while it works. CRASH_ROUNDS sets how often, CRASH_SEED repeats a failure. */

import { CrashingGateway } from "../support/crashing-gateway.ts";
import { SeededRandom } from "../support/seeded-random.ts";

const rounds = Number(process.env.CRASH_ROUNDS ?? 5);
const seed = process.env.CRASH_SEED === undefined ? undefined : Number(process.env.CRASH_SEED);

describe("a gateway that is killed at any moment", function () {
  this.timeout(30_000 + rounds * 5_000);
  let gateway: CrashingGateway;

  afterEach(() => gateway?.close());

  it("loses nothing and does nothing twice", async () => {
    const random = new SeededRandom(seed);
    gateway = await CrashingGateway.create(random);
    try {
      for (let round = 0; round < rounds; round++) await gateway.dieAfter(random.between(30, 900));
      await gateway.checkAll();
    } catch (error) {
      throw new Error(`seed ${random.seed}`, { cause: error });
    }
  });
});
