/** What an agent's text asks of the outbox. */

import { expect } from "chai";
import { mayBeSilent, prefixFrom, readAnswer } from "../../../../src/core/delivery/text/answer-text.ts";

describe("readAnswer", () => {
  it("takes the wish to reply out of the text", () => {
    expect(readAnswer("[[reply_to_current]] hello")).to.deep.equal({ text: "hello", replyTo: "current" });
    expect(readAnswer("hello [[ reply_to: 42 ]]")).to.deep.equal({ text: "hello ", replyTo: "42" });
  });

  it("leaves directives inside code alone", () => {
    const text = "say `[[reply_to_current]]`\n```\n[[reply_to:1]]\n```";
    expect(readAnswer(text)).to.deep.equal({ text, replyTo: undefined });
  });

  it("hears silence in any case, and only when nothing else is said", () => {
    expect(readAnswer(" no_reply\n").text).to.equal("");
    expect(readAnswer("NO_REPLY is what I would say").text).to.equal("NO_REPLY is what I would say");
  });

  it("drops what only the heartbeat reads", () => {
    expect(readAnswer("HEARTBEAT_OK\nall is well").text).to.equal("all is well");
    expect(readAnswer("all is well HEARTBEAT_OK").text).to.equal("all is well");
  });
});

describe("mayBeSilent", () => {
  it("is true while the text may still become silence or a directive", () => {
    for (const text of ["", "N", "no_rep", "NO_REPLY", "HEART", "[[reply_to"])
      expect(mayBeSilent(text), text).to.equal(true);
    for (const text of ["No", "Hello", "NO_REPLY is", "[[reply_to_current]] x"]) {
      expect(mayBeSilent(text), text).to.equal(text === "No");
    }
  });
});

describe("prefixFrom", () => {
  const facts = { model: "openai/gpt-5", thinking: "low", agent: "main" };

  it("fills in variables and leaves unknown ones", () => {
    const template = "{identity.name}: {model} {modelFull} {provider} {thinkingLevel} {other}";
    expect(prefixFrom(template, facts)).to.equal("main: gpt-5 openai/gpt-5 openai low {other}");
  });

  it("is the agent's name in brackets when it is auto", () => {
    expect(prefixFrom("auto", facts)).to.equal("[main]");
  });
});
