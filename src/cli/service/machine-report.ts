/** What this machine knows about its gateway, without asking it: service, process, and where it is told to listen. */

import { ConfigError } from "../../config/config-error.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { type ResolvedGateway, resolveGateway } from "../../config/resolve-gateway.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { ServiceError } from "../../supervisor/service-error.ts";
import type { ServiceState } from "../../supervisor/supervisor.ts";
import { LocalGateway } from "./local-gateway.ts";

/** What was found. */
export interface MachineReport {
  readonly profile: string | undefined;
  /** Undefined when its manager does not say. */
  readonly service: ServiceState | undefined;
  /** Undefined when no gateway has the state folder. */
  readonly owner: GatewayOwner | undefined;
  readonly config: ConfigReport;
}

/** The whole configuration, as a gateway checks it at its start. */
export interface ConfigReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** What a gateway that starts now would do; undefined when there are problems. */
  readonly resolved: ResolvedGateway | undefined;
}

/** Looks. `loaded` is the configuration as a client reads it. */
export async function reportMachine(flags: ProfileFlags, loaded: LoadedConfig): Promise<MachineReport> {
  const local = await LocalGateway.open(flags);
  const [owner, service, config] = await Promise.all([local.owner(), serviceState(local), checkConfig(loaded)]);
  return { profile: local.profile, service, owner, config };
}

async function serviceState({ supervisor }: LocalGateway): Promise<ServiceState | undefined> {
  try {
    return await supervisor.status();
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

/** The schema is only loaded when there is a file it has to check. */
async function checkConfig(loaded: LoadedConfig): Promise<ConfigReport> {
  try {
    const whole = loaded.exists ? await loadConfig(loaded) : loaded;
    return { problems: [], warnings: whole.warnings, resolved: resolveGateway(whole) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.message.split("\n"), warnings: loaded.warnings, resolved: undefined };
  }
}
