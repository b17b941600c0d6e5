import { expect } from "chai";
import { fitText, textWidth } from "../../../src/cli/terminal/text-width.ts";

describe("textWidth", () => {
  for (const [text, width] of [
    ["", 0],
    ["plain", 5],
    ["ünïcode", 7],
    ["u\u0308", 1],
    ["数字", 4],
    ["😀", 2],
    ["a\u200db", 2],
  ] as const) {
    it(`is ${width} for "${text}"`, () => {
      expect(textWidth(text)).to.equal(width);
    });
  }
});

describe("fitText", () => {
  it("leaves alone what fits", () => {
    expect(fitText("数字", 4)).to.equal("数字");
  });

  it("cuts what does not, within the width and not inside a letter", () => {
    expect(fitText("数字数", 4)).to.equal("数…");
    expect(fitText("hello world", 7)).to.equal("hello…");
    expect(textWidth(fitText("😀😀😀😀", 6))).to.be.at.most(6);
  });
});
