/** The addresses of this machine. */

import { networkInterfaces } from "node:os";

/** Every address, as the system writes it; `internal` ones only this machine itself can reach. */
export function ownAddresses(): { readonly address: string; readonly internal: boolean }[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
}
