/** Names in what people say. */

import { expect } from "chai";
import { saysName, withoutName } from "../../../src/lib/text/spoken-name.ts";

describe("spoken names", () => {
  it("finds a name that is a word of its own", () => {
    expect(saysName("hey CLAW, are you there", ["claw"])).to.equal(true);
  });

  it("does not find a name inside another word", () => {
    expect(saysName("the clawhammer and _claw", ["claw"])).to.equal(false);
  });

  it("takes an address off the beginning", () => {
    expect(withoutName("Claw: what time is it", ["claw"])).to.equal("what time is it");
  });

  it("leaves an address that is all there is", () => {
    expect(withoutName("claw:", ["claw"])).to.equal("claw:");
  });

  it("reads names by the rules of the place they are written in", () => {
    const rules = { fold: (text: string) => text.replaceAll("[", "{"), part: /[a-z{-]/ };
    expect(saysName("ask m[a", ["m{a"], rules)).to.equal(true);
    expect(saysName("ask m[a-b", ["m{a"], rules)).to.equal(false);
    expect(withoutName("m[a: hello", ["m{a"], rules)).to.equal("hello");
  });
});
