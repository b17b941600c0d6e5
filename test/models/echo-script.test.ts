import { expect } from "chai";
import { parseScript } from "../../src/models/echo-script.ts";

describe("parseScript", () => {
  it("takes a text without commands as it is", () => {
    const text = " hello\n\n  world /tool x\n";
    expect(parseScript(text)).to.deep.equal({ thinking: "", text, toolUses: [], waitMs: 0, failure: undefined });
  });

  it("takes commands out of the text", () => {
    const script = parseScript('/think first\n/slow 20\nhello\n/tool weather {"city": "Köln"}\n/think then\nworld');
    expect(script.text).to.equal("hello\nworld");
    expect(script.thinking).to.equal("first\nthen");
    expect(script.waitMs).to.equal(20);
    expect(script.toolUses).to.deep.equal([{ tool: "weather", input: { city: "Köln" } }]);
  });

  it("gives a tool without input an empty one", () => {
    expect(parseScript("/tool now").toolUses).to.deep.equal([{ tool: "now", input: {} }]);
  });

  it("repeats", () => {
    expect(parseScript("a\n/repeat 3 ha ho\nb").text).to.equal("a\nha ho ha ho ha ho\nb");
  });

  it("bounds repetition and slowness", () => {
    expect(parseScript(`/repeat ${10 ** 12} abc`).text.length).to.be.lessThan(70_000_000);
    expect(parseScript(`/slow ${10 ** 12}`).waitMs).to.equal(60_000);
  });

  it("reads failures", () => {
    expect(parseScript("/fail overloaded").failure).to.deep.equal({
      kind: "overloaded",
      afterWords: 0,
      times: Number.POSITIVE_INFINITY,
    });
    const counted = { kind: "unavailable", afterWords: 3, times: 2 };
    expect(parseScript("/fail unavailable after 3 words 2 times").failure).to.deep.equal(counted);
    expect(parseScript("/fail refused after 1 word 1 time").failure).to.deep.equal({
      kind: "refused",
      afterWords: 1,
      times: 1,
    });
  });

  const lookalikes = [
    "/tool",
    "/tool x {broken",
    "/tool x [1]",
    "/think",
    "/slow soon",
    "/repeat many x",
    "/repeat 3",
    "/fail somehow",
    "/help",
    "/fail overloaded after words",
  ];
  for (const line of lookalikes) {
    it(`takes "${line}" for text`, () => {
      expect(parseScript(line).text).to.equal(line);
    });
  }
});
