/**
 * Which Host a request may name. A page of another site can make its own name resolve to the gateway's address (DNS
 * rebinding), but it cannot make the browser send another Host: so names that are not the gateway's are refused.
 */

import { canonicalAddress, isLoopbackAddress } from "../../lib/ip-address.ts";
import { parseAuthority } from "./authority.ts";
import { ownAddresses } from "./own-addresses.ts";

/** "malformed" includes an absent Host. */
export type HostVerdict = "allowed" | "refused" | "malformed";

/** Bound of the remembered verdicts: beyond it they are forgotten and made again. */
const maxVerdicts = 256;

/** Judges Host and :authority: loopback, the addresses listened on, and the hosts that were allowed. */
export class HostGuard {
  readonly #bound: ReadonlySet<string>;
  readonly #allowed: ReadonlySet<string>;
  readonly #anyAddress: boolean;
  readonly #verdicts = new Map<string, HostVerdict>();

  /** `hosts` are the addresses listened on; `allowedHosts` are names, each with or without a port. */
  constructor(hosts: readonly string[], allowedHosts: readonly string[]) {
    this.#bound = new Set(hosts.map(canonicalAddress));
    this.#allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
    this.#anyAddress = hosts.some(isWildcard);
  }

  /** The verdict on one value of Host or :authority. */
  judge(authority: string | undefined): HostVerdict {
    if (authority === undefined || authority === "") return "malformed";
    const known = this.#verdicts.get(authority);
    if (known !== undefined) return known;
    const verdict = this.#examine(authority);
    if (this.#verdicts.size >= maxVerdicts) this.#verdicts.clear();
    this.#verdicts.set(authority, verdict);
    return verdict;
  }

  #examine(text: string): HostVerdict {
    const authority = parseAuthority(text);
    if (authority === undefined) return "malformed";
    const { host } = authority;
    if (host === "localhost" || isLoopbackAddress(host)) return "allowed";
    const canonical = canonicalAddress(host);
    if (this.#bound.has(canonical) || this.#allowed.has(host) || this.#allowed.has(text.toLowerCase()))
      return "allowed";
    return this.#anyAddress && isOwn(canonical) ? "allowed" : "refused";
  }
}

/** True for the addresses that mean all of this machine's. */
function isWildcard(host: string): boolean {
  return canonicalAddress(host) === "0.0.0.0" || canonicalAddress(host) === "0:0:0:0:0:0:0:0";
}

function isOwn(canonical: string): boolean {
  return ownAddresses().some(({ address }) => canonicalAddress(address) === canonical);
}
