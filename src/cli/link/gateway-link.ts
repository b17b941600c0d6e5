/** The gateway a command talks to. Nothing is read, loaded or sent before it is needed. */

import type { GatewayClient } from "../../client/client.ts";
import { processSurroundings } from "../../config/environment.ts";
import { loadClientConfig } from "../../config/load-config.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { type GatewayAddress, resolveClient } from "../../config/resolve-client.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import { findOwner } from "../../supervisor/gateway-owner.ts";

/** What the command line says about the gateway. */
export interface LinkOptions extends ProfileFlags {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  /** SHA-256 of the certificate of a gateway elsewhere. */
  readonly fingerprint?: string | undefined;
  /** Longest time a call may take, in ms. */
  readonly timeout: number;
}

/** Longest time to find out which process is the gateway of this machine, in ms. */
export const ownerMs = 5_000;

/** The way to one gateway. */
export class GatewayLink {
  readonly #options: LinkOptions;
  #address: Promise<GatewayAddress> | undefined;
  #client: Promise<GatewayClient> | undefined;

  /** The way to `address`; without one, to where the options, the environment and the configuration lead. */
  constructor(options: LinkOptions, address?: GatewayAddress) {
    this.#options = options;
    this.#address = address && Promise.resolve(address);
  }

  /** Where the gateway is. Fails with a ConfigError when that cannot be decided. */
  address(): Promise<GatewayAddress> {
    this.#address ??= resolve(this.#options);
    return this.#address;
  }

  /** The client of the gateway; it calls nobody by itself. Calls of it do not wait for a gateway that is not there. */
  client(): Promise<GatewayClient> {
    this.#client ??= this.#makeClient();
    return this.#client;
  }

  async #makeClient(): Promise<GatewayClient> {
    const [{ openClient }, address] = await Promise.all([import("./open-client.ts"), this.address()]);
    return openClient(address, this.#options.timeout);
  }
}

async function resolve({ url, token, password, fingerprint, profile, dev }: LinkOptions): Promise<GatewayAddress> {
  const loaded = await loadClientConfig(processSurroundings({ profile, dev }));
  const owner = await findOwner(loaded.stateDir, commandRunner(loaded.environment, ownerMs));
  const address = { ...(await resolveClient(loaded, { url, token, password }, owner?.url)), loaded };
  if (fingerprint === undefined) return address;
  return (await import("./pin-certificate.ts")).withPin(address, fingerprint);
}
