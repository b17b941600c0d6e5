/** Where addresses lead. */

import { expect } from "chai";
import { addressClass } from "../../../src/lib/web/address-class.ts";

describe("an address", () => {
  const cases = {
    public: ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"],
    private: [
      ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"],
      ...[
        "198.18.0.1",
        "192.0.2.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
      ],
      ...[
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
      ],
      ...["2001:db8::1", "2001::1", "not an address", ""],
    ],
    metadata: [
      "169.254.169.254",
      "169.254.170.2",
      "::ffff:169.254.169.254",
      "100.100.100.200",
      "168.63.129.16",
      "fd00:ec2::254",
    ],
  };
  for (const [wanted, addresses] of Object.entries(cases)) {
    it(`is ${wanted}`, () => {
      for (const address of addresses) expect(addressClass(address), address).to.equal(wanted);
    });
  }
});
