/** Markdown as Matrix clients show it. */

import { expect } from "chai";
import { htmlOf } from "../../../src/channels/matrix/matrix-html.ts";

describe("htmlOf", () => {
  const cases: readonly [string, string | undefined][] = [
    ["plain words\nand <more>", undefined],
    ["**bold** and *thin*", "<strong>bold</strong> and <em>thin</em>"],
    ["`a <b> **c**`", "<code>a &lt;b&gt; **c**</code>"],
    ["```ts\nconst a = 1 < 2;\n```", '<pre><code class="language-ts">const a = 1 &lt; 2;\n</code></pre>'],
    ["- one\n- two", "<ul><li>one</li><li>two</li></ul>"],
    ["1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"],
    ["# Title\ntext", "<h1>Title</h1>text"],
    ["> quoted **so**", "<blockquote>quoted <strong>so</strong></blockquote>"],
    ["[here](https://example.org/a_b_c)", '<a href="https://example.org/a_b_c">here</a>'],
    ["[no](javascript:alert)", undefined],
    ["snake_case_name stays", undefined],
    ['**<script>"x"</script>**', "<strong>&lt;script&gt;&quot;x&quot;&lt;/script&gt;</strong>"],
  ];
  it("shows quotations in quotations, however many", () => {
    expect(htmlOf(">> so")).to.equal("<blockquote><blockquote>so</blockquote></blockquote>");
    expect(htmlOf(">".repeat(10_000))).to.be.a("string");
  });

  for (const [markdown, html] of cases) {
    it(`shows ${JSON.stringify(markdown)}`, () => {
      expect(htmlOf(markdown)).to.equal(html);
    });
  }
});
