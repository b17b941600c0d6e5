import { expect } from "chai";
import type { Machine } from "../../../src/config/gateway/machine.ts";
import { resolveBind } from "../../../src/config/gateway/resolve-bind.ts";
import { configErrorOf, loadedGateway } from "../config-home.ts";

const machine: Machine = { addresses: ["127.0.0.1", "::1", "192.168.1.5", "100.101.102.103"], container: false };
const plain: Machine = { addresses: ["127.0.0.1", "192.168.1.5"], container: false };

describe("resolveBind", () => {
  it("takes the flag before the file", () => {
    expect(resolveBind(loadedGateway({ bind: "tailnet" }), machine, "lan")).to.deep.equal({
      mode: "lan",
      source: "--bind",
      hosts: ["0.0.0.0"],
    });
  });

  it("takes the file before the default", () => {
    expect(resolveBind(loadedGateway({ bind: "lan" }), machine)).to.include({ mode: "lan", source: "gateway.bind" });
  });

  it("takes loopback when nobody says anything, in a container too", () => {
    const expected = { mode: "loopback", source: "default", hosts: ["127.0.0.1"] };
    expect(resolveBind(loadedGateway({}), plain)).to.deep.equal(expected);
    expect(resolveBind(loadedGateway({}), { ...plain, container: true })).to.deep.equal(expected);
  });

  const cases: [what: string, gateway: Parameters<typeof loadedGateway>[0], machine: Machine, hosts: string[]][] = [
    ["loopback: both families where the machine has them", { bind: "loopback" }, machine, ["127.0.0.1", "::1"]],
    ["loopback: IPv4 alone where it does not", { bind: "loopback" }, plain, ["127.0.0.1"]],
    ["lan: every interface", { bind: "lan" }, machine, ["0.0.0.0"]],
    ["tailnet: loopback and the tailnet's address", { bind: "tailnet" }, machine, ["127.0.0.1", "100.101.102.103"]],
    ["auto: loopback", { bind: "auto" }, plain, ["127.0.0.1"]],
    ["auto in a container: every interface", { bind: "auto" }, { ...machine, container: true }, ["0.0.0.0"]],
    [
      "custom: loopback and the address",
      { bind: "custom", customBindHost: "192.168.1.5" },
      machine,
      ["127.0.0.1", "192.168.1.5"],
    ],
    ["custom, every interface: that alone", { bind: "custom", customBindHost: "0.0.0.0" }, machine, ["0.0.0.0"]],
    ["custom, loopback: that alone", { bind: "custom", customBindHost: "127.0.0.1" }, machine, ["127.0.0.1"]],
  ];
  for (const [what, gateway, on, hosts] of cases) {
    it(`resolves ${what}`, () => {
      expect(resolveBind(loadedGateway(gateway), on).hosts).to.deep.equal(hosts);
    });
  }

  it("does not take an address just outside 100.64.0.0/10 for a tailnet's", async () => {
    const near: Machine = { addresses: ["100.63.255.255", "100.128.0.0", "fd7a:115c:a1e0::1"], container: false };
    expect(await configErrorOf(() => resolveBind(loadedGateway({ bind: "tailnet" }), near))).to.equal(
      "gateway.bind: is tailnet, but no interface has a tailnet address (100.64.0.0/10); start Tailscale or choose another bind",
    );
  });

  it("refuses custom without an address", async () => {
    expect(await configErrorOf(() => resolveBind(loadedGateway({}), machine, "custom"))).to.equal(
      "gateway.customBindHost: is missing, and gateway.bind is custom; set it to an IPv4 address",
    );
  });

  it("refuses a mode nobody knows", async () => {
    expect(await configErrorOf(() => resolveBind(loadedGateway({}), machine, "wan"))).to.equal(
      '--bind: must be one of loopback, lan, tailnet, auto, custom, not "wan"',
    );
  });

  it("refuses an address as a mode and says where it goes", async () => {
    expect(await configErrorOf(() => resolveBind(loadedGateway({}), machine, "0.0.0.0"))).to.equal(
      '--bind: must be one of loopback, lan, tailnet, auto, custom, not "0.0.0.0"; set gateway.bind to "custom" and gateway.customBindHost to the address',
    );
  });
});
