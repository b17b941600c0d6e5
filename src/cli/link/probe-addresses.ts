/** The gateways that are probed: those somebody names, else the one the environment names and the one of this machine. */

import { processSurroundings, readVariable } from "../../config/environment.ts";
import { type LoadedConfig, loadClientConfig } from "../../config/load-config.ts";
import { resolveClient } from "../../config/resolve-client.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import { findOwner } from "../../supervisor/gateway-owner.ts";
import { type GatewayAddress, type LinkOptions, ownerMs } from "./gateway-link.ts";

/** Their addresses. Those without a credential are called without one. Throws a ConfigError for what is no address. */
export async function probeAddresses(urls: readonly string[], options: LinkOptions): Promise<GatewayAddress[]> {
  const { token, password, profile, dev } = options;
  const loaded = await loadClientConfig(processSurroundings({ profile, dev }));
  const flags = { token, password, anonymous: true };
  const named = (url?: string): Promise<GatewayAddress> => addressOf(loaded, { ...flags, url });
  if (urls.length > 0) return Promise.all(urls.map(named));
  const other = readVariable(loaded.environment, "OPENCLAW_GATEWAY_URL") === undefined ? [] : [await named()];
  const here = { ...loaded, environment: { ...loaded.environment, OPENCLAW_GATEWAY_URL: undefined } };
  return [...other, await addressOf(here, flags)];
}

async function addressOf(loaded: LoadedConfig, flags: Parameters<typeof resolveClient>[1]): Promise<GatewayAddress> {
  const owner = await findOwner(loaded.stateDir, commandRunner(loaded.environment, ownerMs));
  return { ...(await resolveClient(loaded, flags, owner?.url)), loaded };
}
