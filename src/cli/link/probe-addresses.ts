/** The gateway of this machine, and the gateways that are probed. */

import { processSurroundings, readVariable } from "../../config/environment.ts";
import { type LoadedConfig, loadClientConfig } from "../../config/load-config.ts";
import { type GatewayAddress, resolveClient } from "../../config/resolve-client.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import { findOwner } from "../../supervisor/gateway-owner.ts";
import { type LinkOptions, ownerMs } from "./gateway-link.ts";

/** Their addresses. Those without a credential are called without one. Throws a ConfigError for what is no address. */
export async function probeAddresses(urls: readonly string[], options: LinkOptions): Promise<GatewayAddress[]> {
  const { token, password, profile, dev } = options;
  const loaded = await loadClientConfig(processSurroundings({ profile, dev }));
  const flags = { token, password, anonymous: true };
  const named = async (url?: string): Promise<GatewayAddress> => {
    const address = await addressOf(loaded, { ...flags, url });
    if (options.fingerprint === undefined) return address;
    return (await import("./pin-certificate.ts")).withPin(address, options.fingerprint);
  };
  if (urls.length > 0) return Promise.all(urls.map(named));
  const other = readVariable(loaded.environment, "OPENCLAW_GATEWAY_URL") === undefined ? [] : [await named()];
  return [...other, await ownAddress(options)];
}

/** The gateway of this machine, whichever one the environment names. Throws a ConfigError when its address is not known. */
export async function ownAddress({ token, password, profile, dev }: LinkOptions): Promise<GatewayAddress> {
  const loaded = await loadClientConfig(processSurroundings({ profile, dev }));
  const here = { ...loaded, environment: { ...loaded.environment, OPENCLAW_GATEWAY_URL: undefined } };
  return addressOf(here, { token, password });
}

async function addressOf(loaded: LoadedConfig, flags: Parameters<typeof resolveClient>[1]): Promise<GatewayAddress> {
  const owner = await findOwner(loaded.stateDir, commandRunner(loaded.environment, ownerMs));
  return { ...(await resolveClient(loaded, flags, owner?.url)), loaded };
}
