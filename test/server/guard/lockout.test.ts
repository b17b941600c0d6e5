import { expect } from "chai";
import { Lockout } from "../../../src/server/guard/lockout.ts";

const rule = { tries: 10, windowMs: 60_000, lockMs: 300_000, maxSources: 100 };

describe("Lockout", () => {
  let nowMs: number;
  let lockout: Lockout;
  const fail = (source: string, times: number): boolean[] =>
    Array.from({ length: times }, () => lockout.recordFailure(source));

  beforeEach(() => {
    nowMs = 1_000_000;
    lockout = new Lockout({ nowMs: () => nowMs }, rule);
  });

  it("locks a source at its tenth wrong credential within a minute, for five minutes", () => {
    expect(fail("a", 10)).to.deep.equal([...new Array(9).fill(false), true]);
    expect(lockout.remainingMs("a")).to.equal(300_000);
    nowMs += 299_999;
    expect(lockout.remainingMs("a")).to.equal(1);
    nowMs += 1;
    expect(lockout.remainingMs("a")).to.equal(0);
  });

  it("leaves other sources alone", () => {
    fail("a", 10);
    expect(lockout.remainingMs("b")).to.equal(0);
  });

  it("forgets failures that are older than a minute", () => {
    fail("a", 9);
    nowMs += 60_000;
    fail("a", 9);
    expect(lockout.remainingMs("a")).to.equal(0);
  });

  it("counts failures that spread over the minute", () => {
    for (let i = 0; i < 9; i += 1) {
      fail("a", 1);
      nowMs += 6_000;
    }
    expect(fail("a", 1)).to.deep.equal([true]);
  });

  it("starts counting anew after the lock", () => {
    fail("a", 10);
    nowMs += 300_000;
    fail("a", 9);
    expect(lockout.remainingMs("a")).to.equal(0);
    fail("a", 1);
    expect(lockout.remainingMs("a")).to.equal(300_000);
  });

  it("keeps a locked source locked while others push it out of memory", () => {
    fail("victim", 10);
    for (let i = 0; i < 1_000; i += 1) fail(`other-${i}`, 1);
    expect(lockout.remainingMs("victim")).to.equal(300_000);
  });

  it("forgets the longest locked when everything it remembers is locked", () => {
    for (let i = 0; i < 101; i += 1) fail(`source-${i}`, 10);
    expect(lockout.remainingMs("source-0")).to.equal(0);
    expect(lockout.remainingMs("source-1")).to.equal(300_000);
    expect(lockout.remainingMs("source-100")).to.equal(300_000);
  });
});
