import { expect } from "chai";
import { SafePattern } from "../../../src/lib/text/safe-pattern.ts";

describe("safe patterns", () => {
  for (const source of [
    "claw",
    "\\b@?claw\\b",
    "^hey (claw|crab)\\b",
    "[a-z]+claw",
    "c.*w",
    "(ab)?c",
    "a{2}b",
    "^\\(+",
    "\\b(?:hey|hi),? ?(claude|claw|bot)?\\b",
    "(a|b|c|d)(e|f|g|h)(i|j|k|l)",
  ]) {
    it(`are made of ${source}`, () => {
      expect(SafePattern.from(source)).to.be.instanceOf(SafePattern);
    });
  }

  for (const source of [
    ...["(a?){30}", "(?:a?b)+", "a?".repeat(7), "(a|a)".repeat(7)],
    ...["", "(", "(a+)+", "(a|a)*", "(a{1,9})*", "((a)+b)+", "a*a*a*", "(a)\\1", "(?=a)b", "(?<!a)b", "x".repeat(300)],
  ]) {
    it(`are not made of ${source.slice(0, 20) || "nothing"}`, () => {
      expect(SafePattern.from(source)).to.equal(undefined);
    });
  }

  it("look at both ends of a long text", () => {
    const pattern = SafePattern.from("claw.*x") ?? expect.fail();
    const filler = "-".repeat(20_000);
    expect(pattern.test(`claw x${filler}`)).to.equal(true);
    expect(pattern.test(`${filler}claw x`)).to.equal(true);
    expect(pattern.test(`${filler}claw x${filler}`)).to.equal(false);
  });

  it("answer about the worst of texts without being noticed", () => {
    for (const source of ["a*b?a*c", "a?a?a?a?a?a?aaaaaaab", "a?a?a?a?a?a?a*b", "(a|a)(a|a)(a|a)a*a*b"]) {
      const pattern = SafePattern.from(source) ?? expect.fail();
      const startMs = performance.now();
      expect(pattern.test("a".repeat(1_000_000))).to.equal(false);
      expect(performance.now() - startMs, source).to.be.below(1_000);
    }
  });
});
