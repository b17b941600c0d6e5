import { expect } from "chai";
import { findNearest } from "../../../src/lib/text/nearest.ts";

describe("findNearest", () => {
  const candidates = ["port", "bind", "customBindHost", "auth", "allowedHosts"];
  const cases: [word: string, nearest: string | undefined, why: string][] = [
    ["prot", "port", "swapped letters"],
    ["pot", "port", "a missing letter"],
    ["porte", "port", "a letter too much"],
    ["sort", "port", "a changed letter"],
    ["PORT", "port", "another case"],
    ["custmBindHots", "customBindHost", "three slips in a long name"],
    ["allow", "allowedHosts", "only its beginning"],
    ["token", undefined, "nothing close"],
    ["xy", undefined, "nothing in common"],
    ["", undefined, "nothing"],
  ];
  for (const [word, nearest, why] of cases) {
    it(`finds ${nearest ?? "nothing"} for "${word}" (${why})`, () => {
      expect(findNearest(word, candidates)).to.equal(nearest);
    });
  }

  it("takes the first of equally close ones", () => {
    expect(findNearest("cat", ["bat", "hat"])).to.equal("bat");
  });

  it("takes the closest, wherever it stands", () => {
    expect(findNearest("sessions", ["session", "sessionss", "sessions"])).to.equal("sessions");
  });
});
