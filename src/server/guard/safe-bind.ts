/** Refuses to listen where anybody could call without proving who they are. */

import { isIP } from "node:net";
import { invalidField } from "../../core/errors.ts";
import { isLoopbackAddress } from "../../lib/ip-address.ts";
import type { ServerAuth } from "../server-options.ts";

/**
 * Fails with INVALID_ARGUMENT/FIELD_INVALID unless the hosts may be listened on with this authentication: mode "none" on
 * loopback addresses only, "token" and "password" with a secret that is not blank, every host an IP address.
 */
export function requireSafeBind(hosts: readonly string[], auth: ServerAuth): void {
  if (hosts.length === 0) throw invalidField("gateway.bind", "names no address to listen on");
  for (const host of hosts) {
    if (isIP(host) === 0) throw invalidField("gateway.bind", `${JSON.stringify(host)} is not an IP address`);
  }
  if (auth.mode !== "none") {
    if ((auth.secret ?? "").trim() !== "") return;
    throw invalidField("gateway.auth", `mode is ${auth.mode} but there is no ${auth.mode}; set one`);
  }
  const exposed = hosts.find((host) => !isLoopbackAddress(host));
  if (exposed === undefined) return;
  const remedy = "set gateway.auth.mode to token, or bind to loopback";
  throw invalidField("gateway.auth.mode", `none would let everybody who reaches ${exposed} in; ${remedy}`);
}

/** True when every host is a loopback address. */
export function isLoopbackOnly(hosts: readonly string[]): boolean {
  return hosts.every(isLoopbackAddress);
}
