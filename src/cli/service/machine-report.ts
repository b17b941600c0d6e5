/** What this machine knows about its gateway, without asking it: service, process, and where it is told to listen. */

import { ConfigError } from "../../config/config-error.ts";
import { valueAtPath } from "../../config/edit/key-path.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { logFilePath } from "../../config/log-path.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { type ResolvedGateway, resolveGateway } from "../../config/resolve-gateway.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import type { ServiceState } from "../../supervisor/supervisor.ts";
import { newestLog, runningLog } from "../logs/log-place.ts";
import { LocalGateway } from "./local-gateway.ts";

/** What was found. */
export interface MachineReport {
  readonly profile: string | undefined;
  /** Undefined when its manager does not say. */
  readonly service: ServiceState | undefined;
  /** Undefined when no gateway has the state folder. */
  readonly owner: GatewayOwner | undefined;
  readonly config: ConfigReport;
  /** Where its log is, or will be once there is something to write: a path, or a command that shows it. */
  readonly logs: string;
}

/** The whole configuration, as a gateway checks it at its start. */
export interface ConfigReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** What a gateway that starts now would do; undefined when there are problems. */
  readonly resolved: ResolvedGateway | undefined;
}

/**
 * Looks. `loaded` is the configuration as a client reads it; `inForce` the version a gateway says is on the disk and in force,
 * which needs no second check here.
 */
export async function reportMachine(
  flags: ProfileFlags,
  loaded: LoadedConfig,
  inForce: Promise<string | undefined>,
): Promise<MachineReport> {
  const local = await LocalGateway.open(flags);
  const [owner, service, { whole, ...config }] = await Promise.all([
    local.owner(),
    local.service(),
    checkConfig(loaded, inForce),
  ]);
  const managed = service !== undefined && service.manager !== "none" && service.installed;
  const ofOne = owner === undefined ? (managed ? service.logs : undefined) : runningLog(owner, service);
  const logs = ofOne ?? newestLog(whole)[0] ?? logFilePath(whole);
  return { profile: local.profile, service, owner, config, logs };
}

/** The schema takes a while to load: only for a file nobody has checked yet, or that says more than clients read. */
async function checkConfig(
  loaded: LoadedConfig,
  inForce: Promise<string | undefined>,
): Promise<ConfigReport & { readonly whole: LoadedConfig }> {
  try {
    const namesLog = valueAtPath(loaded.tree?.written, ["logging", "file"]) !== undefined;
    const isKnown = !loaded.exists || (!namesLog && (await inForce) === loaded.etag);
    const whole = isKnown ? loaded : await loadConfig(loaded);
    return { problems: [], warnings: whole.warnings, resolved: resolveGateway(whole), whole };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.message.split("\n"), warnings: loaded.warnings, resolved: undefined, whole: loaded };
  }
}
