/** JSON from outside is an object or nothing. */

import { expect } from "chai";
import { isObject, jsonObject } from "../../../src/lib/text/json-object.ts";

describe("jsonObject", () => {
  it("is the object a text holds", () => {
    expect(jsonObject(' {"a": [1]}')).to.deep.equal({ a: [1] });
  });

  it("is nothing for everything else", () => {
    for (const text of ["", "null", "12", '"a"', "[{}]", "{", "{a: 1}", "s72_594"]) {
      expect(jsonObject(text), text).to.equal(undefined);
    }
  });
});

describe("isObject", () => {
  it("takes neither lists nor null for an object", () => {
    expect([{}, { a: 1 }, [], null, "a", undefined].map(isObject)).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
