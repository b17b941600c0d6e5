import { expect } from "chai";
import { Turns } from "../../src/lib/turns.ts";

describe("Turns", () => {
  it("run one after the other, in the order in which they were asked for", async () => {
    const turns = new Turns();
    const first = Promise.withResolvers<void>();
    const seen: string[] = [];
    const one = turns.run(async () => {
      seen.push("one begins");
      await first.promise;
      seen.push("one ends");
    });
    const two = turns.run(async () => seen.push("two"));
    await new Promise(setImmediate);
    expect(seen).to.deep.equal(["one begins"]);
    first.resolve();
    await Promise.all([one, two]);
    expect(seen).to.deep.equal(["one begins", "one ends", "two"]);
  });

  it("tell who asked how it ended, and nobody else", async () => {
    const turns = new Turns();
    const failed = turns.run(() => Promise.reject(new Error("mine"))).catch((error: Error) => error.message);
    expect(await turns.run(async () => "yours")).to.equal("yours");
    expect(await failed).to.equal("mine");
  });

  it("have ended when everything asked for before has, also what fails", async () => {
    const turns = new Turns();
    let ended = false;
    const failed = turns.run(async () => {
      await new Promise(setImmediate);
      ended = true;
      throw new Error("late");
    });
    failed.catch(() => {});
    await turns.ended();
    expect(ended).to.equal(true);
  });
});
