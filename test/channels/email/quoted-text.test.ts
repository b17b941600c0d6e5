/** What somebody wrote in a mail, apart from what they quote. */

import { expect } from "chai";
import { splitMailText } from "../../../src/channels/email/quoted-text.ts";

describe("splitMailText", () => {
  it("takes a quotation and its announcement off the end", () => {
    const mail =
      "Yes, please.\n\nOn Mon, 2 Nov 2026 at 10:00, Claw <claw@example.net> wrote:\n> Shall I?\n> It is late.\n";
    expect(splitMailText(mail)).to.deep.equal({ said: "Yes, please.", quoted: "Shall I?\nIt is late." });
  });

  it("knows announcements that are broken over two lines", () => {
    const mail = "Ja.\n\nAm Montag, den 2. November 2026 um 10:00 schrieb Claw\n<claw@example.net>:\n> Soll ich?\n";
    expect(splitMailText(mail).said).to.equal("Ja.");
  });

  it("takes an original message off that is not marked", () => {
    const mail = "Fine.\n\n-----Original Message-----\nFrom: Claw\nSubject: x\n\nShall I?\n";
    expect(splitMailText(mail).said).to.equal("Fine.");
  });

  it("leaves answers between the lines of a quotation as they are", () => {
    const mail = "> First?\nYes.\n> Second?\nNo.\n";
    expect(splitMailText(mail)).to.deep.equal({ said: mail.trim(), quoted: "" });
  });

  it("takes a signature off", () => {
    expect(splitMailText("Hello.\n\n-- \nMia\nExample Ltd").said).to.equal("Hello.");
  });

  it("takes a quotation off that has a signature below it", () => {
    expect(splitMailText("Hello.\n> Hi\n\n-- \nMia").said).to.equal("Hello.");
  });

  it("ends soon with a hundred thousand quoted lines", () => {
    expect(splitMailText(`${"> line\n".repeat(100_000)}end`).quoted).to.equal("");
  });
});
