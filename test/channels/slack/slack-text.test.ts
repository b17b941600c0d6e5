/** Text on its way to Slack and from it. */

import { expect } from "chai";
import { emojiName } from "../../../src/channels/slack/text/emoji-name.ts";
import { mrkdwnFrom } from "../../../src/channels/slack/text/mrkdwn.ts";
import { readableText } from "../../../src/channels/slack/text/readable-text.ts";

describe("text for slack", () => {
  const cases: Readonly<Record<string, readonly [markdown: string, mrkdwn: string]>> = {
    "bold and italic words": ["**bold** and *thin* and _thin_ and __bold__", "*bold* and _thin_ and _thin_ and *bold*"],
    "struck words": ["~~gone~~", "~gone~"],
    "headings as bold lines": ["# Title\ntext", "*Title*\ntext"],
    "bold headings once": ["## **Title**", "*Title*"],
    "lists with dots": ["- one\n  * two\n+ three", "• one\n  • two\n• three"],
    "numbered lists as they are": ["1. one\n2. two", "1. one\n2. two"],
    "links with their words": [
      "see [the docs](https://x.test/a?b=1&c=2)",
      "see <https://x.test/a?b=1&amp;c=2|the docs>",
    ],
    "bare links as they are": ["https://x.test/a_b_c", "https://x.test/a_b_c"],
    "links in brackets": ["<https://x.test>", "<https://x.test>"],
    "code without change": ["`**a** <b>`", "`**a** &lt;b&gt;`"],
    "code blocks without their language": ["```ts\nconst a = *b* & c;\n```", "```\nconst a = *b* &amp; c;\n```"],
    "a code block that is not closed yet": ["```\nhalf", "```\nhalf\n```"],
    "signs slack would read as its own": ["a < b & c > d", "a &lt; b &amp; c &gt; d"],
    quotes: ["> said\nnot", "> said\nnot"],
    "mentions of a person": ["ask <@U00MIA>", "ask <@U00MIA>"],
    "no call to everybody": [
      "<!channel> <!everyone|x> <!subteam^S1>",
      "&lt;!channel&gt; &lt;!everyone|x&gt; &lt;!subteam^S1&gt;",
    ],
    "signs that were escaped": ["\\*not bold\\*", "*not bold*"],
    "a product of numbers": ["2 * 3 * 4", "2 * 3 * 4"],
    "names with underscores": ["snake_case_name", "snake_case_name"],
  };
  for (const [what, [markdown, mrkdwn]] of Object.entries(cases)) {
    it(`has ${what}`, () => expect(mrkdwnFrom(markdown)).to.equal(mrkdwn));
  }

  it("cannot be made to hold a link by text that looks like what is put in later", () => {
    expect(mrkdwnFrom("\u{E000}0\u{E001} [a](https://x.test)")).to.equal("0 <https://x.test|a>");
  });
});

describe("text from slack", () => {
  const read = (text: string): Promise<string> =>
    readableText(text, "U00CLAW", async (id) => (id === "U00MIA" ? "Mia" : id));

  it("has names instead of ids, and not ours at its beginning", async () => {
    expect(await read("<@U00CLAW>, ask <@U00MIA> in <#C1|general>")).to.equal("ask @Mia in #general");
  });

  it("has addresses as they are, and words with their address", async () => {
    expect(await read("<https://a.test> <https://b.test|bee> <mailto:m@a.test|m@a.test>")).to.equal(
      "https://a.test bee (https://b.test) m@a.test",
    );
  });

  it("has calls to many as words", async () => {
    expect(await read("<!here> <!subteam^S1|@cooks>")).to.equal("@here @cooks");
  });

  it("has signs as they were typed", async () => {
    expect(await read("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;")).to.equal("1 < 2 && 3 > 2, &lt;");
  });
});

describe("slack's name of an emoji", () => {
  it("is known of common ones, with and without their variation sign", () => {
    expect(["👀", "❤️", "❤"].map(emojiName)).to.deep.equal(["eyes", "heart", "heart"]);
  });

  it("is taken as it is, with or without colons", () => {
    expect([":party-parrot:", "thumbsup::skin-tone-3"].map(emojiName)).to.deep.equal([
      "party-parrot",
      "thumbsup::skin-tone-3",
    ]);
  });

  it("is not made up", () => {
    expect(emojiName("🪿")).to.equal(undefined);
  });
});
