/** Subject filters. */

import { expect } from "chai";
import { Failure } from "../../../src/core/errors.ts";
import { subjectFilter } from "../../../src/core/event/subjects.ts";

const run = "sessions/main/runs/1";

describe("a subject filter", () => {
  for (const [patterns, subject, wanted] of [
    [[], run, true],
    [[run], run, true],
    [["sessions/main"], run, false],
    [["sessions/main/**"], run, true],
    [["sessions/main/**"], `${run}/toolCalls/c`, true],
    [["sessions/main/**"], "sessions/main", false],
    [["sessions/main/**"], "sessions/mainly/runs/1", false],
    [["sessions/*"], "sessions/main", true],
    [["sessions/*"], run, false],
    [["sessions/*/runs/*"], run, true],
    [["sessions/*/runs/*"], "sessions/main/messages/1", false],
    [["*/main"], "sessions/main", true],
    [["**"], "gateway", true],
    [["**"], run, true],
    [["gateway", "sessions/*/runs/*"], run, true],
    [["sessions/a.c"], "sessions/abc", false],
  ] as const) {
    it(`${wanted ? "takes" : "leaves"} ${subject} with ${JSON.stringify(patterns)}`, () => {
      expect(subjectFilter(patterns)(subject)).to.equal(wanted);
    });
  }

  for (const pattern of ["", "sessions//x", "sessions/**/runs", "sessions/ma*", "**x", "sessions/***"]) {
    it(`refuses ${JSON.stringify(pattern)}`, () => {
      expect(() => subjectFilter([pattern])).to.throw(Failure, "subjects[0]");
    });
  }

  it("refuses more than 64 patterns", () => {
    const patterns = Array.from({ length: 65 }, (_, index) => `sessions/${index}`);
    expect(() => subjectFilter(patterns)).to.throw(Failure, "64");
  });
});
