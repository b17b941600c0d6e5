import { expect } from "chai";
import { addressBucket, canonicalAddress, isLoopbackAddress } from "../../src/lib/ip-address.ts";

describe("canonicalAddress", () => {
  const same: [string, string][] = [
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::ffff:a01:203", "10.1.2.3"],
    ["0:0:0:0:0:ffff:10.1.2.3", "10.1.2.3"],
    ["2001:DB8::1", "2001:db8:0:0:0:0:0:1"],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8:0:0:0:0:0:1"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1"],
    ["::", "0:0:0:0:0:0:0:0"],
    ["1::", "1:0:0:0:0:0:0:0"],
    ["10.1.2.3", "10.1.2.3"],
    ["Localhost", "localhost"],
  ];
  for (const [address, canonical] of same) {
    it(`writes ${address} as ${canonical}`, () => expect(canonicalAddress(address)).to.equal(canonical));
  }
});

describe("isLoopbackAddress", () => {
  for (const address of [
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
  ]) {
    it(`knows ${address}`, () => expect(isLoopbackAddress(address)).to.equal(true));
  }

  for (const address of ["10.0.0.1", "128.0.0.1", "0.0.0.0", "::", "::2", "::ffff:10.0.0.1", "127.evil.example", ""]) {
    it(`refuses ${JSON.stringify(address)}`, () => expect(isLoopbackAddress(address)).to.equal(false));
  }
});

describe("addressBucket", () => {
  it("counts an IPv4 address and its IPv6 form as one", () => {
    expect(addressBucket("::ffff:203.0.113.9")).to.equal(addressBucket("203.0.113.9"));
  });

  it("counts all addresses of an IPv6 /64 as one, and no others", () => {
    expect(addressBucket("2001:db8:1:2::1")).to.equal(addressBucket("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    expect(addressBucket("2001:db8:1:2::1")).not.to.equal(addressBucket("2001:db8:1:3::1"));
  });
});
