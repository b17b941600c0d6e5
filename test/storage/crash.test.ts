import { expect } from "chai";
import { TemporaryStore } from "./support/temporary-store.ts";
import { findBrokenPromises, WriterProcess, type WriterProcessOptions } from "./support/writer-process.ts";

describe("a store whose process was killed", function () {
  this.timeout(60_000);
  let temporary: TemporaryStore;

  beforeEach(() => {
    temporary = new TemporaryStore();
  });

  afterEach(() => temporary.remove());

  /** Kills writers in the same directory, one after the other, and returns what each left broken. */
  const killAll = async (
    kills: readonly Omit<WriterProcessOptions, "stateDir">[],
    stop: (writer: WriterProcess) => Promise<void>,
  ) => {
    const problems: string[] = [];
    const promised = new Map<string, number>();
    for (const options of kills) {
      const writer = new WriterProcess({ stateDir: temporary.dir, ...options });
      await stop(writer);
      for (const [name, sequence] of writer.promised) promised.set(name, sequence);
      problems.push(...(await findBrokenPromises(await temporary.open(), promised)));
      expect(temporary.store.readOnlyReason).to.equal(undefined);
      await temporary.close();
    }
    return { problems, promises: promised.size };
  };

  for (const place of ["store.begin", "store.event-append", "store.before-commit", "store.after-commit"]) {
    it(`has kept every promise and no half of anything when that was at ${place}`, async () => {
      // One batch appends many events: only much later ones come after a promise for certain.
      const late = place === "store.event-append" ? 500 : 12;
      const kills = [1, late].map((hit) => ({ place, hit }));
      const { problems, promises } = await killAll(kills, (writer) => writer.ended());
      expect(problems).to.deep.equal([]);
      expect(promises).to.be.greaterThan(0);
    });
  }

  it("has kept every promise when that was at any moment under load", async () => {
    const moments = [40, 250, 400];
    const { problems, promises } = await killAll(
      moments.map(() => ({})),
      async (writer) => {
        await writer.answers(moments.shift() ?? 0);
        await writer.kill();
      },
    );
    expect(problems).to.deep.equal([]);
    expect(promises).to.be.greaterThan(400);
  });
});
