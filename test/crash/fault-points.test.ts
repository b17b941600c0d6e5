/** A gateway that is killed at every place where it writes something down: nothing is lost, nothing is done twice. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CrashingGateway } from "../support/crashing-gateway.ts";
import { compactionPlaces, filePlaces, inboundPlaces, outboxPlaces, restartPlaces } from "../support/fault-places.ts";
import { SeededRandom } from "../support/seeded-random.ts";

/** Places, and how often each is passed before the process dies there: once a process, one after the other. */
const places: Readonly<Record<string, readonly number[]>> = {
  "inbox.before-accept": [5],
  "inbox.accepting": [4],
  "inbox.accepted": [3],
  "run.answered": [1, 4],
  "run.before-tool": [2],
  "run.after-tool": [2],
  "run.step": [1, 8],
  "store.begin": [1, 9],
  "store.event-append": [1, 40],
  "store.before-commit": [1, 12],
  "store.after-commit": [1, 15],
};

describe("a gateway that is killed", function () {
  this.timeout(60_000);
  let gateway: CrashingGateway;

  afterEach(() => gateway?.close());

  for (const [place, hits] of Object.entries(places)) {
    it(`at ${place} loses nothing and does nothing twice`, async () => {
      const random = new SeededRandom();
      gateway = await CrashingGateway.create(random);
      try {
        for (const hit of hits) await gateway.dieAt(place, hit);
        await gateway.checkAll();
      } catch (error) {
        throw new Error(`seed ${random.seed}`, { cause: error });
      }
    });
  }

  it("was killed at every place there is", () => {
    const root = join(import.meta.dirname, "../../src");
    const texts = globSync("**/*.ts", { cwd: root }).map((path) => readFileSync(join(root, path), "utf8"));
    const named = texts.flatMap((text) =>
      [...text.matchAll(/\b(?:faults|reached)\("([^"]+)"\)/g)].map((match) => match[1]),
    );
    const counted = [places, inboundPlaces, outboxPlaces].flatMap(Object.keys);
    expect(new Set(named)).to.deep.equal(new Set([...counted, ...compactionPlaces, ...restartPlaces, ...filePlaces]));
  });
});
