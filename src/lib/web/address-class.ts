/** Where an IP address leads: out into the world, to a private network, or to a machine's metadata service. */

import { BlockList, isIPv4, isIPv6 } from "node:net";
import { canonicalAddress } from "../ip-address.ts";

/** "private" is everything that is not the public Internet: loopback, private, link-local, reserved and multicast. */
export type AddressClass = "public" | "private" | "metadata";

type Range = readonly [network: string, prefix: number];

/** Services that tell a cloud machine's secrets to whoever asks from there. */
const metadata4: readonly Range[] = [
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
];
const metadata6: readonly Range[] = [
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
];

const private4: readonly Range[] = [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["172.16.0.0", 12],
  ] as const),
  ...([
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
  ] as const),
  ...([
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const),
];

/** Of IPv6 only this part is the public Internet … */
const public6: readonly Range[] = [["2000::", 3]];

/** … without tunnels to IPv4 addresses, examples and other special uses. */
const private6: readonly Range[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

let lists: { readonly metadata: BlockList; readonly private: BlockList; readonly public: BlockList } | undefined;

/** The class of an IPv4 or IPv6 address, also in its IPv4-mapped form; anything else is "private". */
export function addressClass(address: string): AddressClass {
  const canonical = canonicalAddress(address);
  const family = isIPv4(canonical) ? "ipv4" : "ipv6";
  if (family === "ipv6" && !isIPv6(canonical)) return "private";
  lists ??= {
    metadata: blockList(metadata4, metadata6),
    private: blockList(private4, private6),
    public: blockList([], public6),
  };
  if (lists.metadata.check(canonical, family)) return "metadata";
  if (lists.private.check(canonical, family)) return "private";
  return family === "ipv4" || lists.public.check(canonical, family) ? "public" : "private";
}

function blockList(ipv4: readonly Range[], ipv6: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ipv4) list.addSubnet(network, prefix, "ipv4");
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, "ipv6");
  return list;
}
