import { expect } from "chai";
import { isPrivateHost } from "../../../src/lib/web/private-host.ts";

describe("isPrivateHost", () => {
  const hosts = {
    private: [
      "localhost",
      "127.0.0.1",
      "127.9.9.9",
      "[::1]",
      "::1",
      "10.1.2.3",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "169.254.1.1",
      "100.100.1.1",
      "[fd12::1]",
      "[fe80::1]",
      "::ffff:192.168.1.1",
      "ollama",
      "NAS.local",
      "host.docker.internal",
      "box.tail1234.ts.net",
    ],
    public: [
      "api.example.com",
      "8.8.8.8",
      "172.32.0.1",
      "172.15.0.1",
      "192.169.0.1",
      "100.128.0.1",
      "[2001:db8::1]",
      "[::ffff:8.8.8.8]",
      "localhost.example.com",
      "10.0.0.1.example.com",
    ],
  };

  for (const host of hosts.private) {
    it(`finds ${host} private`, () => {
      expect(isPrivateHost(host)).to.equal(true);
    });
  }

  for (const host of hosts.public) {
    it(`finds ${host} public`, () => {
      expect(isPrivateHost(host)).to.equal(false);
    });
  }
});
