import { expect } from "chai";
import { pageOf } from "../../src/core/paging.ts";
import { encodePageToken } from "../../src/lib/page-token.ts";

describe("a page of a list in memory", () => {
  const names = ["a", "b", "c", "d", "e"];
  const page = (pageSize: number, pageToken = "", items = names, title = "letters") =>
    pageOf({ title, items, keyOf: (item) => item }, { pageSize, pageToken });

  it("leads on to the next, and the last leads nowhere", () => {
    const first = page(2);
    const second = page(2, first.nextPageToken);
    const third = page(2, second.nextPageToken);
    expect([first.items, second.items, third.items]).to.deep.equal([["a", "b"], ["c", "d"], ["e"]]);
    expect(third.nextPageToken).to.equal("");
  });

  it("holds everything when that is no more than asked for", () => {
    expect(page(5)).to.deep.equal({ items: names, nextPageToken: "" });
    expect(page(2, "", [])).to.deep.equal({ items: [], nextPageToken: "" });
  });

  it("holds 50 when nothing is asked for, and 200 at most", () => {
    const many = Array.from({ length: 300 }, (_, index) => String(index).padStart(3, "0"));
    expect(page(0, "", many).items).to.have.length(50);
    expect(page(1_000, "", many).items).to.have.length(200);
  });

  it("goes on after an item that is gone by now, and ends when all that came after it are", () => {
    const { nextPageToken } = page(2);
    expect(page(2, nextPageToken, ["a", "c", "d"]).items).to.deep.equal(["c", "d"]);
    expect(page(2, nextPageToken, ["a"])).to.deep.equal({ items: [], nextPageToken: "" });
  });

  it("refuses a token of another list, and one whose key is of another kind", () => {
    for (const token of [page(2, "", names, "numbers").nextPageToken, encodePageToken("letters", [1]), "x"]) {
      expect(() => page(2, token)).to.throw("does not belong to this list");
    }
  });
});
