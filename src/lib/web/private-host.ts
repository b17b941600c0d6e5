/** Which hosts are on this machine or a private network, told by name alone: nothing is resolved. */

import { BlockList, isIP } from "node:net";

const privateRanges: readonly (readonly [network: string, prefix: number, family: "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["::", 127, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
];
const privateSuffixes = [".localhost", ".local", ".internal", ".lan", ".home.arpa", ".ts.net"];

let ranges: BlockList | undefined;

/**
 * True for loopback, private, link-local and tailnet addresses, names that only a private network resolves ("nas.local",
 * "host.docker.internal"), and names without a dot. `host` is a URL's hostname; IPv6 may have its brackets.
 */
export function isPrivateHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  const family = isIP(name);
  if (family !== 0) return privateAddresses().check(name, family === 4 ? "ipv4" : "ipv6");
  return !name.includes(".") || privateSuffixes.some((suffix) => name.endsWith(suffix));
}

function privateAddresses(): BlockList {
  if (!ranges) {
    ranges = new BlockList();
    for (const [network, prefix, family] of privateRanges) ranges.addSubnet(network, prefix, family);
  }
  return ranges;
}
