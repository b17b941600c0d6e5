/** Cutting text into messages. */

import { expect } from "chai";
import { type ChunkMode, chunkText } from "../../../../src/core/delivery/text/chunk-text.ts";
import { findFences } from "../../../../src/core/delivery/text/code-fences.ts";
import { fits, type TextLimits } from "../../../../src/core/delivery/text/text-limits.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

const limits = (characters: number, more: Partial<TextLimits> = {}): TextLimits => {
  return { characters, unit: "characters", max: 0, maxLines: 0, ...more };
};
const texts = (text: string, characters: number, mode: ChunkMode = "length"): string[] =>
  chunkText(text, limits(characters), mode).map((piece) => piece.text);

describe("chunkText", () => {
  it("leaves short text whole", () => {
    expect(texts("hello\n\nthere", 40)).to.deep.equal(["hello\n\nthere"]);
  });

  it("makes nothing of blank text", () => {
    expect(texts("  \n \n", 40)).to.deep.equal([]);
  });

  it("cuts at a blank line rather than at the end of a line", () => {
    const text = `${"a".repeat(20)}\n\n${"b".repeat(10)}\n${"c".repeat(10)}`;
    expect(texts(text, 40)).to.deep.equal(["a".repeat(20), `${"b".repeat(10)}\n${"c".repeat(10)}`]);
  });

  it("cuts at the end of a line rather than of a sentence", () => {
    expect(texts("aaaaaaaaaaaaaaaaaaaa\nb. cccccccccccccccccccc", 40)).to.deep.equal([
      "aaaaaaaaaaaaaaaaaaaa",
      "b. cccccccccccccccccccc",
    ]);
  });

  it("cuts at the end of a sentence rather than between words", () => {
    expect(texts("One two three four five. Six seven eight nine", 40)).to.deep.equal([
      "One two three four five.",
      "Six seven eight nine",
    ]);
  });

  it("cuts between words rather than through one", () => {
    expect(texts("one two three four five six seven eight nine ten", 32)).to.deep.equal([
      "one two three four five six",
      "seven eight nine ten",
    ]);
  });

  it("cuts through a word that is longer than a message", () => {
    expect(texts("x".repeat(70), 32)).to.deep.equal(["x".repeat(32), "x".repeat(32), "x".repeat(6)]);
  });

  it("never cuts what people see as one character", () => {
    const family = "👩‍👩‍👧‍👦";
    const pieces = texts(family.repeat(12), 32);
    expect(pieces.join("")).to.equal(family.repeat(12));
    for (const piece of pieces) expect(piece.length % family.length).to.equal(0);
  });

  it("puts a code block into the next message rather than cutting it", () => {
    const code = "```ts\nconst a = 1;\nconst b = 2;\n```";
    expect(texts(`An introduction.\n${code}\nend`, 44)).to.deep.equal(["An introduction.", `${code}\nend`]);
  });

  it("closes a code block it has to cut, and opens it again with its language", () => {
    const lines = Array.from({ length: 6 }, (_, index) => `line number ${index}`).join("\n");
    const pieces = texts(`\`\`\`ts\n${lines}\n\`\`\``, 60);
    expect(pieces).to.have.length.above(1);
    for (const piece of pieces) expect(piece).to.match(/^```ts\n[\s\S]*\n```$/);
  });

  it("closes a code block that nobody closed", () => {
    const [first, last] = texts(`\`\`\`\n${"word ".repeat(12)}`, 50);
    expect(first).to.match(/^```\n[\s\S]*\n```$/);
    expect(last).to.match(/^```\n[\s\S]*\n```$/);
  });

  it("counts what the network counts", () => {
    const count = (unit: TextLimits["unit"]): number => {
      return chunkText("😀".repeat(64), limits(1_000, { unit, max: 64 })).length;
    };
    expect([count("characters"), count("utf16"), count("bytes")]).to.deep.equal([1, 2, 4]);
  });

  it("keeps within a number of lines", () => {
    const text = Array.from({ length: 9 }, (_, index) => `line ${index}`).join("\n");
    const pieces = chunkText(text, limits(1_000, { maxLines: 4 }));
    expect(pieces.map((piece) => piece.text.split("\n").length)).to.deep.equal([4, 4, 1]);
  });

  it("makes a message of every paragraph in newline mode, but not inside code", () => {
    const code = "```\na\n\nb\n```";
    expect(texts(`one\ntwo\n\nthree\n\n${code}\n\nfour`, 100, "newline")).to.deep.equal([
      "one\ntwo",
      "three",
      code,
      "four",
    ]);
  });

  for (const mode of ["length", "newline"] as const) {
    it(`loses nothing, keeps every limit and balances every code block (${mode}, any text)`, () => {
      const random = new SeededRandom();
      for (let round = 0; round < 300; round++) {
        const text = anyMarkdown(random);
        const unit = random.pick(["characters", "utf16", "bytes"] as const);
        const maxLines = random.pick([0, 4, 17]);
        const wanted = { characters: random.between(32, 200), unit, max: random.pick([0, 64, 150]), maxLines };
        const told = `seed ${random.seed}, round ${round}, ${JSON.stringify({ wanted, text })}`;
        const pieces = chunkText(text, wanted, mode);
        if (text.trim() !== "") expect(pieces.map((piece) => piece.source).join(""), told).to.equal(text);
        for (const piece of pieces) {
          expect(fits(piece.text, wanted), `${told}: ${JSON.stringify(piece.text)}`).to.equal(true);
          expect(piece.text.trim(), told).to.not.equal("");
          const whole = findFences(piece.text).every((fence) => fence.closed);
          expect(whole, `${told}: ${JSON.stringify(piece.text)}`).to.equal(true);
        }
        const letters = (value: string): string => value.replace(/[\s`]|ts/g, "");
        expect(pieces.map((piece) => letters(piece.text)).join(""), told).to.equal(letters(text));
      }
    });
  }
});

function anyMarkdown(random: SeededRandom): string {
  const block = (): string => {
    if (random.chance(0.4)) return `\`\`\`${random.pick(["", "ts"])}\n${random.text(random.between(1, 40))}\n\`\`\`\n`;
    return random.text(random.between(1, 40)) + random.pick(["", " ", "\n", "\n\n", ".\n"]);
  };
  const whole = Array.from({ length: random.between(0, 6) }, block).join("");
  return random.chance(0.1) ? `${whole}\n\`\`\`ts\n${random.text(20)}` : whole;
}
