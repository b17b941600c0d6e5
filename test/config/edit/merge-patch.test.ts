import { expect } from "chai";
import { findClobber } from "../../../src/config/edit/clobber-guard.ts";
import { editText } from "../../../src/config/edit/edit-text.ts";
import { editsOfPatch } from "../../../src/config/edit/merge-patch.ts";
import { Json5Source } from "../../../src/config/file/json5-source.ts";

/** The examples of RFC 7396, appendix A, whose target is an object. */
const examples: readonly (readonly [target: unknown, patch: unknown, result: unknown])[] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe("editsOfPatch", () => {
  for (const [target, patch, result] of examples) {
    it(`makes ${JSON.stringify(result)} of ${JSON.stringify(target)} with ${JSON.stringify(patch)}`, () => {
      const edited = Json5Source.parse(editText(JSON.stringify(target), editsOfPatch(target, patch))) as Json5Source;
      expect(JSON.parse(JSON.stringify(edited.value))).to.deep.equal(result);
    });
  }
});

describe("findClobber", () => {
  const long = `{ gateway: {}, agents: {} } // ${"x".repeat(500)}`;
  const find = (value: unknown, text: string) =>
    findClobber({ text: long, value: { gateway: {}, agents: {} } }, { text, value })?.text;

  it("lets a file change as files do", () => {
    expect(find({ gateway: { port: 1 } }, long)).to.equal(undefined);
  });

  it("stops a change that drops gateway", () => {
    expect(find({ agents: {} }, long)).to.contain("whole section");
  });

  it("stops a change that drops more than half of the text", () => {
    expect(find({ gateway: {} }, "{ gateway: {} }")).to.match(/would lose 97 %/);
  });
});
