/** The XML of XMPP, as it comes. */

import { expect } from "chai";
import { type Element, escapeXml } from "../../../src/channels/xmpp/wire/xml-element.ts";
import { XmlStream } from "../../../src/channels/xmpp/wire/xml-stream.ts";

const header = "<?xml version='1.0'?><s:stream xmlns='jabber:client' xmlns:s='streams'>";

function read(...pieces: readonly string[]): Element[] {
  const elements: Element[] = [];
  const stream = new XmlStream({ opened: () => {}, closed: () => {}, element: (element) => elements.push(element) });
  for (const piece of [header, ...pieces]) stream.write(piece);
  return elements;
}

describe("XmlStream", () => {
  it("reads an element that comes in single characters", () => {
    const [message] = read(...`<message from="mia@test"><body>1 &lt; 2 &#x1F600;</body></message>`);
    expect(message?.attribute("from")).to.equal("mia@test");
    expect(message?.find("body")?.text).to.equal("1 < 2 😀");
  });

  it("knows the namespace of every element", () => {
    const [features] = read("<s:features><sm xmlns='urn:xmpp:sm:3'/><plain/></s:features>");
    expect(features?.namespace).to.equal("streams");
    expect(features?.find("sm", "urn:xmpp:sm:3")).not.to.equal(undefined);
    expect(features?.find("plain")?.namespace).to.equal("jabber:client");
  });

  it("does not take a > in an attribute for the end of a tag", () => {
    const [message] = read(`<message id='a>b/'><body>x</body></message>`);
    expect(message?.attribute("id")).to.equal("a>b/");
  });

  for (const evil of ["<!DOCTYPE x>", "<!-- x -->", "<a>&own;</a>", "</s:stream></s:stream>"]) {
    it(`refuses ${evil.slice(0, 20)}`, () => {
      expect(() => read(evil)).to.throw();
    });
  }

  it("leaves out what lies too deep in an element, and goes on after it", () => {
    const deep = `<message>${"<a>".repeat(5_000)}far down<b/>${"</a>".repeat(5_000)}<body>here</body></message>`;
    const [message, next] = read(deep, "<presence/>");
    expect(message?.find("body")?.text).to.equal("here");
    expect(next?.name).to.equal("presence");
  });

  it("refuses an element that does not end", () => {
    expect(() => read("<a>", ...Array.from({ length: 50 }, () => "x".repeat(100_000)))).to.throw("too long");
  });
});

describe("escapeXml", () => {
  it("leaves out what XML cannot have", () => {
    expect(escapeXml("a\u0000<b>\ud800&")).to.equal("a&lt;b&gt;\ufffd&amp;");
  });
});
