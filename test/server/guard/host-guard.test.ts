import { networkInterfaces } from "node:os";
import { expect } from "chai";
import { HostGuard } from "../../../src/server/guard/host-guard.ts";

describe("HostGuard", () => {
  const guard = new HostGuard(["127.0.0.1", "192.0.2.7"], ["gateway.example", "other.example:8443"]);

  for (const host of [
    "localhost",
    "LOCALHOST:1",
    "127.0.0.1:18789",
    "127.9.9.9",
    "[::1]:18789",
    "192.0.2.7:18789",
    "Gateway.example",
    "gateway.example:443",
    "other.example:8443",
  ]) {
    it(`lets ${host} in`, () => expect(guard.judge(host)).to.equal("allowed"));
  }

  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "gateway.example.evil.example",
    "192.0.2.8",
    "other.example",
    "other.example:8444",
    "0.0.0.0",
    "2130706433",
    "127.1",
  ]) {
    it(`refuses ${host}`, () => expect(guard.judge(host)).to.equal("refused"));
  }

  it("calls an absent or odd host malformed", () => {
    for (const host of [undefined, "", "a b", "127.0.0.1:99999999"]) {
      expect(guard.judge(host), String(host)).to.equal("malformed");
    }
  });

  it("answers to every address of the machine when it listens on all of them", () => {
    const everywhere = new HostGuard(["0.0.0.0"], []);
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address, family } of own.filter(({ scopeid }) => !scopeid)) {
      expect(everywhere.judge(family === "IPv6" ? `[${address}]:1` : `${address}:1`), address).to.equal("allowed");
    }
    expect(everywhere.judge("198.51.100.77")).to.equal("refused");
  });

  it("gives the same verdicts after more hosts than it remembers", () => {
    for (let i = 0; i < 1_000; i += 1) expect(guard.judge(`host-${i}.example`)).to.equal("refused");
    expect(guard.judge("localhost")).to.equal("allowed");
  });
});
