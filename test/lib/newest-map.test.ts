/** A bounded memory forgets what was remembered longest ago, and nothing else. */

import { expect } from "chai";
import { NewestMap } from "../../src/lib/newest-map.ts";

describe("NewestMap", () => {
  it("forgets what was set longest ago, beyond its bound", () => {
    const map = new NewestMap<string, number>(2);
    map.set("a", 1).set("b", 2).set("c", 3);
    expect([...map]).to.deep.equal([
      ["b", 2],
      ["c", 3],
    ]);
  });

  it("keeps what is set again as the newest", () => {
    const map = new NewestMap<string, number>(2);
    map.set("a", 1).set("b", 2).set("a", 3).set("c", 4);
    expect([...map.keys()]).to.deep.equal(["a", "c"]);
    expect(map.get("a")).to.equal(3);
  });

  it("forgets nothing while there is room", () => {
    const map = new NewestMap<undefined, string>(1);
    map.set(undefined, "x");
    expect(map.size).to.equal(1);
  });
});
