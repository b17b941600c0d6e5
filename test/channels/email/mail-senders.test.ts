/** Whom a mail is from, and whether a program wrote it. */

import { expect } from "chai";
import { isAuthentic } from "../../../src/channels/email/authentic-sender.ts";
import { whyAutomatic } from "../../../src/channels/email/automatic-mail.ts";
import { type Mail, parseMail } from "../../../src/channels/email/mail.ts";

function mail(...headers: readonly string[]): Promise<Mail> {
  const from = headers.some((header) => header.startsWith("From:")) ? [] : ["From: Mia <mia@example.org>"];
  return parseMail(Buffer.from([...headers, ...from, "", "hello"].join("\r\n")));
}

const results = (result: string, server = "mx.example.net"): string => `Authentication-Results: ${server}; ${result}`;

describe("isAuthentic", () => {
  const cases: readonly [string, boolean, readonly string[]][] = [
    ["DMARC passed", true, [results("dmarc=pass header.from=example.org")]],
    ["DMARC failed", false, [results("dmarc=fail header.from=example.org")]],
    ["DKIM of the same domain", true, [results("dkim=pass (good) header.d=example.org")]],
    ["DKIM of another domain", false, [results("dkim=pass header.d=evil.example")]],
    ["DKIM of a domain that only ends alike", false, [results("dkim=pass header.d=ample.org")]],
    ["DKIM of a top-level domain", false, [results("dkim=pass header.d=org")]],
    ["SPF of the same domain", true, [results("spf=pass smtp.mailfrom=bounce@example.org")]],
    ["SPF of another domain", false, [results("spf=pass smtp.mailfrom=evil.example")]],
    ["another server's word", false, [results("dmarc=pass header.from=example.org", "mx.evil.example")]],
    ["no word at all", false, []],
    ["an older word of the same server", false, [results("dmarc=fail"), results("dmarc=pass header.from=example.org")]],
    ["a pass in a comment", false, [results("dmarc=fail (dmarc=pass; dmarc=pass)")]],
    [
      "a pass inside of an address",
      false,
      [results('spf=fail smtp.mailfrom="x; dkim=pass header.d=example.org "@evil.example')],
    ],
    [
      "a pass behind a mark in a comment",
      false,
      [results('spf=fail (of "x) smtp.mailfrom="x; dkim=pass header.d=example.org "@evil.example')],
    ],
    ["an address inside of an address", false, [results('spf=pass smtp.mailfrom="mia@example.org"@evil.example')]],
    ["an address between marks", true, [results('spf=pass smtp.mailfrom="mia@example.org"')]],
    ["a domain between marks", true, [results('dkim=pass header.d="example.org"')]],
    ["two senders", false, [results("dmarc=pass"), "From: a@example.org", "From: b@example.org"]],
  ];
  for (const [what, expected, headers] of cases) {
    it(`${expected ? "believes" : "does not believe"} a mail with ${what}`, async () => {
      expect(isAuthentic(await mail(...headers), "mx.example.net")).to.equal(expected);
    });
  }
});

describe("whyAutomatic", () => {
  const automatic = [
    "Auto-Submitted: auto-replied",
    "Precedence: bulk",
    "List-Id: <news.example.org>",
    "Return-Path: <>",
    "From: MAILER-DAEMON@example.org",
    "From: no-reply@example.org",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
  ];
  for (const header of automatic) {
    it(`says that a mail with "${header}" is automatic`, async () => {
      expect(whyAutomatic(await mail(header))).not.to.equal(undefined);
    });
  }

  it("says nothing of a mail that a person wrote", async () => {
    expect(whyAutomatic(await mail("Auto-Submitted: no", "Return-Path: <mia@example.org>"))).to.equal(undefined);
  });
});
