/** Lines and texts of IRC: what is read, what is written, what never becomes a command. */

import { expect } from "chai";
import { inboundFrom } from "../../../src/channels/irc/irc-inbound.ts";
import { foldName, foldOf, formatLine, parseLine } from "../../../src/channels/irc/irc-line.ts";
import { cutLines, plainText, textBudget } from "../../../src/channels/irc/irc-text.ts";

function inbound(line: string) {
  const parsed = parseLine(line);
  if (parsed === undefined) throw new Error("this is no line");
  return inboundFrom(parsed, { nick: "claw", fold: foldName, fallbackId: "id", nowMs: 0 });
}

describe("lines of IRC", () => {
  it("are read with tags, source and parameters", () => {
    const line = parseLine("@time=2026-11-22T12:00:00Z;x=a\\sb :mia!m@host PRIVMSG #room :hello : there");
    expect(line).to.deep.include({ source: "mia!m@host", command: "PRIVMSG", params: ["#room", "hello : there"] });
    expect(line?.tags.get("x")).to.equal("a b");
  });

  it("are not read from what is none", () => {
    expect(parseLine("")).to.equal(undefined);
    expect(parseLine(":only")).to.equal(undefined);
  });

  it("are written so that text stays text", () => {
    expect(formatLine("PRIVMSG", "mia", "a b")).to.equal("PRIVMSG mia :a b");
    expect(formatLine("PRIVMSG", "mia", ":x")).to.equal("PRIVMSG mia ::x");
    for (const text of ["a\r\nQUIT", "a\nQUIT", "a\0b"]) expect(() => formatLine("PRIVMSG", "mia", text)).to.throw();
    expect(() => formatLine("PRIVMSG", "mia b", "x")).to.throw();
  });

  it("see names as the same that servers see so", () => {
    expect(foldName("Mia[A]\\~")).to.equal(foldName("mia{a}|^"));
    const folded = ["ascii", "rfc1459", "rfc1459-strict", "rfc8265"].map((mapping) => foldOf(mapping)("Ä[A]\\~"));
    expect(folded).to.deep.equal(["Ä[a]\\~", "ä{a}|^", "ä{a}|~", "ä[a]\\~"]);
  });
});

describe("texts of IRC", () => {
  it("are cut at words, by bytes, and never inside a character", () => {
    const text = "wörter über wörter 🦀🦀🦀🦀 und noch mehr davon";
    for (let budget = 4; budget < 40; budget += 1) {
      const lines = cutLines(text, budget);
      for (const line of lines) expect(Buffer.byteLength(line)).to.be.at.most(budget);
      expect(lines.join("").replaceAll(" ", "")).to.equal(text.replaceAll(" ", ""));
      expect(lines.join("")).not.to.contain("\ufffd");
    }
  });

  it("have a line for each line, without empty ones", () => {
    expect(cutLines("a\n\nb\r\nc", 100)).to.deep.equal(["a", "b", "c"]);
  });

  it("fit into a line with what the server puts before them", () => {
    const budget = textBudget("claw", "#room");
    expect(`:claw!${"x".repeat(75)} PRIVMSG #room :${"y".repeat(budget)}\r\n`).to.have.length.at.most(512);
  });

  it("lose colours and styles", () => {
    expect(plainText("\x02bold\x02 \x0304,12red\x03 \x1dit\x0f")).to.equal("bold red it");
  });
});

describe("messages from IRC", () => {
  it("know a sender by the whole mask, and by nick and account as aliases", () => {
    const message = inbound("@account=Mia :Mia!~M@Host.example PRIVMSG claw :hi");
    expect(message).to.deep.include({
      address: "mia",
      senderAddress: "mia!~m@host.example",
      senderTitle: "Mia",
      kind: 1,
    });
    expect(message?.senderAliases).to.deep.equal(["mia", "account:mia"]);
  });

  it("mention us by our nick as a word, and lose it as an address", () => {
    expect(inbound(":m!m@h PRIVMSG #Room :claw: what time is it")).to.deep.include({
      ...{ address: "#room", kind: 2, mentionsUs: true, text: "what time is it" },
    });
    expect(inbound(":m!m@h PRIVMSG #room :ask CLAW about it")).to.deep.include({ mentionsUs: true });
    expect(inbound(":m!m@h PRIVMSG #room :clawed it")).to.deep.include({ mentionsUs: false });
  });

  it("are no questions to a program, but actions", () => {
    expect(inbound(":m!m@h PRIVMSG claw :\x01VERSION\x01")).to.equal(undefined);
    expect(inbound(":m!m@h PRIVMSG claw :\x01ACTION waves\x01")).to.deep.include({ text: "* m waves" });
  });

  it("have the server's id and time where it gives them", () => {
    const message = inbound("@msgid=abc;time=2026-11-22T12:00:00.000Z :m!m@h PRIVMSG claw :hi");
    expect(message?.platformId).to.equal("abc");
    expect(message?.time?.seconds).to.equal(BigInt(Date.parse("2026-11-22T12:00:00Z") / 1_000));
    expect(inbound(":m!m@h PRIVMSG claw :hi")?.platformId).to.equal("id");
  });
});
