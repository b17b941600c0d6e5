import { expect } from "chai";
import { plainLine, plainText } from "../../../src/cli/terminal/plain-text.ts";

describe("plainText", () => {
  it("takes out what would move the cursor, change colours or ring", () => {
    expect(plainText("\u001b[2J\u001b]0;title\u0007red\u009b31m")).to.equal("[2J]0;titlered31m");
  });

  it("takes out what turns the direction of a text around", () => {
    expect(plainText("a\u202eb\u2066c")).to.equal("abc");
  });

  it("keeps line breaks and tabs, and every letter", () => {
    expect(plainText("a\r\nb\tc\rd 😀 é")).to.equal("a\nb\tc\nd 😀 é");
  });
});

describe("plainLine", () => {
  it("puts everything on one line", () => {
    expect(plainLine("  a\n\n b\u0000\tc ")).to.equal("a b c");
  });
});
