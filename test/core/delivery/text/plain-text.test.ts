/** Markdown for networks that show none. */

import { expect } from "chai";
import { plainText } from "../../../../src/core/delivery/text/plain-text.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

describe("plainText", () => {
  const cases: readonly (readonly [markdown: string, plain: string])[] = [
    ["## Title ##\ntext", "Title\ntext"],
    ["**bold**, __bold__, *it*, _it_ and ~~gone~~", "bold, bold, it, it and gone"],
    ["[site](https://x.org/a_b_c) ![cat](http://x.org/c.png)", "site (https://x.org/a_b_c) cat (http://x.org/c.png)"],
    ["<https://x.org> [https://x.org](https://x.org)", "https://x.org https://x.org"],
    ["use `a*b*c` and ``x`y``", "use a*b*c and x`y"],
    ["```ts\nconst a = **1**;\n```\nend", "const a = **1**;\nend"],
    ["- one\n- two\n> said", "- one\n- two\n> said"],
    ["2 * 3 * 4, snake_case_name, \\*star\\*", "2 * 3 * 4, snake_case_name, *star*"],
  ];
  for (const [markdown, plain] of cases) {
    it(`makes ${JSON.stringify(plain)} of ${JSON.stringify(markdown)}`, () => {
      expect(plainText(markdown)).to.equal(plain);
    });
  }

  it("never makes text longer", () => {
    const random = new SeededRandom();
    const bits = ["*", "**", "_", "`", "```\n", "[a]", "(http://b)", "<http://c>", "# ", "word", " ", "\n", "~~", "\\"];
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: random.between(1, 30) }, () => random.pick(bits)).join("");
      expect(plainText(text).length, `seed ${random.seed}: ${JSON.stringify(text)}`).to.be.at.most(text.length);
    }
  });
});
