import { expect } from "chai";
import { PlainHeaders } from "../../../src/cli/link/plain-headers.ts";

/** What Connect does with headers, done with one of the two kinds. */
function used(Kind: typeof PlainHeaders | typeof Headers) {
  const headers = new Kind({ "Content-Type": "application/proto", a: "1" });
  headers.append("A", "2");
  headers.set("b", " padded ");
  headers.set("C", "gone");
  headers.delete("c");
  const copy = new Kind(headers as Headers & PlainHeaders);
  const visited: string[] = [];
  copy.forEach((value, name) => {
    visited.push(`${name}: ${value}`);
  });
  return {
    visited,
    entries: [...copy],
    found: [copy.get("CONTENT-TYPE"), copy.get("none"), copy.has("A"), copy.has("c")],
    empty: [...new Kind()],
  };
}

describe("PlainHeaders", () => {
  it("behave like those of fetch", () => {
    expect(used(PlainHeaders)).to.deep.equal(used(Headers));
  });
});
