/** IP addresses in one canonical form, so that one peer is never counted as two. */

import { isIPv4, isIPv6 } from "node:net";

/**
 * The address in the form it is compared and counted in: IPv4-mapped IPv6 becomes IPv4, IPv6 becomes eight hexadecimal
 * groups without leading zeros, a zone ("%eth0") is dropped. Anything that is not an address is returned in lower case.
 */
export function canonicalAddress(address: string): string {
  const bare = address.split("%", 1)[0] ?? "";
  if (!isIPv6(bare)) return bare.toLowerCase();
  const groups = ipv6Groups(bare);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!mapped) return groups.map((group) => group.toString(16)).join(":");
  const high = groups[6] ?? 0;
  const low = groups[7] ?? 0;
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** True for 127.0.0.0/8 and ::1, also in their IPv4-mapped forms. */
export function isLoopbackAddress(address: string): boolean {
  const canonical = canonicalAddress(address);
  return canonical === "0:0:0:0:0:0:0:1" || (isIPv4(canonical) && canonical.startsWith("127."));
}

/**
 * Who is counted as one peer when tries are limited: an IPv4 address, or the /64 an IPv6 address is in, which is what one
 * customer usually gets and can change at will.
 */
export function addressBucket(address: string): string {
  const canonical = canonicalAddress(address);
  if (!isIPv6(canonical)) return canonical;
  return `${canonical.split(":").slice(0, 4).join(":")}::/64`;
}

function ipv6Groups(address: string): number[] {
  const [left = "", right] = withHexTail(address).split("::");
  const head = parseGroups(left);
  if (right === undefined) return head;
  const tail = parseGroups(right);
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** "::ffff:1.2.3.4" as "::ffff:102:304". */
function withHexTail(address: string): string {
  const start = address.lastIndexOf(":") + 1;
  const tail = address.slice(start);
  if (!isIPv4(tail)) return address;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
  return `${address.slice(0, start)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

function parseGroups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
