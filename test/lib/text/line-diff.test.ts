import { expect } from "chai";
import { unifiedDiff } from "../../../src/lib/text/line-diff.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const names = ["a", "b"] as const;

describe("unifiedDiff", () => {
  it("is empty for the same lines", () => {
    expect(unifiedDiff("x\ny\n", "x\r\ny", names)).to.equal("");
  });

  it("writes what diff -u writes", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
    const after = before.replace("2\n", "two\n").replace("11\n", "");
    expect(unifiedDiff(before, after, names)).to.equal(
      "--- a\n+++ b\n@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n@@ -8,5 +8,4 @@\n 8\n 9\n 10\n-11\n 12\n",
    );
  });

  it("writes a text that is new, and one that is gone", () => {
    expect(unifiedDiff("", "x\n", names)).to.equal("--- a\n+++ b\n@@ -0,0 +1,1 @@\n+x\n");
    expect(unifiedDiff("x\n", "", names)).to.equal("--- a\n+++ b\n@@ -1,1 +0,0 @@\n-x\n");
  });

  it("leads from one text to the other, whatever they are", () => {
    const random = new SeededRandom();
    for (let round = 0; round < 300; round += 1) {
      const lines = (): string[] =>
        Array.from({ length: random.between(0, 30) }, () => random.pick(["a", "b", "c", "d"]));
      const [before, after] = [lines(), lines()];
      const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
      const diff = unifiedDiff(text(before), text(after), names);
      expect(applied(before, diff), `seed ${random.seed}`).to.deep.equal(after);
    }
  });
});

/** What `patch` would make of it. */
function applied(before: readonly string[], diff: string): string[] {
  const after: string[] = [];
  let at = 0;
  for (const line of diff.split("\n").slice(2, -1)) {
    const hunk = /^@@ -(\d+),(\d+) /.exec(line);
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === "0" ? 0 : 1);
      after.push(...before.slice(at, start));
      at = start;
    } else if (line[0] === "+") after.push(line.slice(1));
    else {
      expect(before[at]).to.equal(line.slice(1));
      if (line[0] === " ") after.push(line.slice(1));
      at += 1;
    }
  }
  return [...after, ...before.slice(at)];
}
