/** Words for what `fetch` rejects with. */

import { expect } from "chai";
import { fetchWords } from "../../../src/lib/web/fetch-words.ts";

describe("the words of a failed request", () => {
  it("are those of what happened beneath", () => {
    const cause = new Error("connect ECONNREFUSED 127.0.0.1:1");
    expect(fetchWords(new TypeError("fetch failed", { cause }))).to.equal("connect ECONNREFUSED 127.0.0.1:1");
  });

  it("are the first address's where all of a name were tried", () => {
    const cause = new AggregateError([new Error("connect ECONNREFUSED ::1:1"), new Error("connect ECONNREFUSED")]);
    expect(fetchWords(new TypeError("fetch failed", { cause }))).to.equal("connect ECONNREFUSED ::1:1");
  });

  it("are the code where there are none", () => {
    const cause = Object.assign(new Error(), { code: "ECONNRESET" });
    expect(fetchWords(new TypeError("fetch failed", { cause }))).to.equal("ECONNRESET");
  });

  it("are the error's own where nothing is beneath", () => {
    expect(fetchWords(new Error("no answer in time"))).to.equal("no answer in time");
    expect(fetchWords("stopped")).to.equal("stopped");
  });
});
