/** Markdown as Telegram's HTML. */

import { expect } from "chai";
import { telegramHtml } from "../../../src/channels/telegram/telegram-html.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { readHtml } from "../../support/telegram/fake-html.ts";

describe("Markdown on Telegram", () => {
  const cases: readonly (readonly [sentence: string, markdown: string, html: string])[] = [
    ["marks bold, italic and struck text", "**a** _b_ *c* ~~d~~", "<b>a</b> <i>b</i> <i>c</i> <s>d</s>"],
    ["nests marks", "**a _b_ c**", "<b>a <i>b</i> c</b>"],
    ["leaves marks that are not closed", "2 * 3 * 4 and **open", "2 * 3 * 4 and **open"],
    ["leaves underscores inside of words", "snake_case_name", "snake_case_name"],
    ["escapes what is no tag", "a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"],
    ["escapes HTML somebody wrote", "<b>no</b>", "&lt;b&gt;no&lt;/b&gt;"],
    ["shows code as it is", "`**a** < b`", "<code>**a** &lt; b</code>"],
    [
      "shows code blocks with their language",
      "```ts\na < b\n```",
      '<pre><code class="language-ts">a &lt; b</code></pre>',
    ],
    ["shows code blocks without one", "```\n**x**\n```\nafter", "<pre>**x**</pre>\nafter"],
    ["links what may be linked", "[a](https://x.test/?a=1&b=2)", '<a href="https://x.test/?a=1&amp;b=2">a</a>'],
    ["links no scripts", "[a](javascript:alert)", "a (javascript:alert)"],
    ["shows titles bold", "# Title\ntext", "<b>Title</b>\ntext"],
    ["shows lists with dots", "- one\n- **two**", "• one\n• <b>two</b>"],
    ["shows quotes", "> a\n> **b**\nafter", "<blockquote>a\n<b>b</b></blockquote>\nafter"],
    ["takes escapes away", "\\*a\\*", "*a*"],
    ["hides spoilers", "||secret||", "<tg-spoiler>secret</tg-spoiler>"],
  ];
  for (const [sentence, markdown, html] of cases) {
    it(sentence, () => expect(telegramHtml(markdown)).to.equal(html));
  }

  it("is read by Telegram, whatever marks stand where", () => {
    const random = new SeededRandom(7);
    const pieces = [
      "**",
      "*",
      "_",
      "__",
      "~~",
      "||",
      "`",
      "```",
      "\n",
      "> ",
      "# ",
      "- ",
      "[",
      "](https://x)",
      "<",
      "&",
      "a b",
    ];
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: random.between(1, 14) }, () => random.pick(pieces)).join("");
      expect(() => readHtml(telegramHtml(text)), JSON.stringify(text)).not.to.throw();
      expect(readHtml(telegramHtml(text)).length, JSON.stringify(text)).to.be.at.most(text.length);
    }
  });

  it("ends soon with marks inside of marks without an end", () => {
    const text = "**_~~||".repeat(500);
    expect(() => readHtml(telegramHtml(text))).not.to.throw();
  });
});
