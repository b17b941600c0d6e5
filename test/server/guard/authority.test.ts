import { expect } from "chai";
import { parseAuthority } from "../../../src/server/guard/authority.ts";

describe("parseAuthority", () => {
  it("takes a name, an IPv4 address and a bracketed IPv6 address, with and without a port", () => {
    expect(parseAuthority("Gateway.Example")).to.deep.equal({ host: "gateway.example", port: undefined });
    expect(parseAuthority("127.0.0.1:18789")).to.deep.equal({ host: "127.0.0.1", port: 18789 });
    expect(parseAuthority("[::1]:1")).to.deep.equal({ host: "::1", port: 1 });
    expect(parseAuthority("[::1]")).to.deep.equal({ host: "::1", port: undefined });
  });

  const malformed = [
    "",
    ":80",
    "host:",
    "host:99999999",
    "host:65536",
    "host:-1",
    "user@host",
    "a b",
    "a..b",
    ".a",
    "[::1",
    "::1",
    "[zz::1]",
    "[1.2.3.4]",
    "host/path",
    "host?query",
    "host#fragment",
    "h\u00f6st",
    "%6c%6f",
    "a".repeat(300),
  ];
  for (const text of malformed) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => expect(parseAuthority(text)).to.equal(undefined));
  }
});
