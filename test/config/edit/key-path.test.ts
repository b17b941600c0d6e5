import { expect } from "chai";
import { parsePath, valueAtPath } from "../../../src/config/edit/key-path.ts";
import { formatPath } from "../../../src/config/file/json5-source.ts";

describe("parsePath", () => {
  for (const [text, path] of [
    ["", []],
    ["gateway.port", ["gateway", "port"]],
    ['models.providers["x.y"].models[0].id', ["models", "providers", "x.y", "models", 0, "id"]],
    ["headers['X-Key']", ["headers", "X-Key"]],
    ['a["say \\"hi\\""]', ["a", 'say "hi"']],
    ["providers.my-own_1", ["providers", "my-own_1"]],
  ] as const) {
    it(`reads ${text || "nothing"}, and it is written the same way`, () => {
      expect(parsePath(text)).to.deep.equal(path);
      expect(parsePath(formatPath(path))).to.deep.equal(path);
    });
  }

  for (const text of ["a..b", "a.", "[x]", "a[", 'a["b]', "a b", "a[1"]) {
    it(`does not read ${text}`, () => {
      expect(parsePath(text)).to.equal(undefined);
    });
  }
});

describe("valueAtPath", () => {
  it("finds own values only", () => {
    expect(valueAtPath({ a: [{ b: 1 }] }, ["a", 0, "b"])).to.equal(1);
    expect(valueAtPath({ a: {} }, ["a", "constructor"])).to.equal(undefined);
    expect(valueAtPath({ a: 1 }, ["a", "b"])).to.equal(undefined);
  });
});
