/** The configuration as a gateway will find it that is started by this command: wrong is better known now than then. */

import { type Environment, type Surroundings, withEnvironmentFile } from "../../config/environment.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { resolveGateway } from "../../config/resolve-gateway.ts";
import { serviceEnvironment, withheldVariables } from "../../config/service-environment.ts";
import type { LocalGateway } from "./local-gateway.ts";

/** A configuration that can be run, and what the gateway will not have. */
export interface CheckedConfig {
  readonly loaded: LoadedConfig;
  /** Names of variables that are set here, and not for the service. */
  readonly withheld: readonly string[];
}

/** Checks it. Throws a ConfigError with every problem. */
export async function checkServiceConfig(local: LocalGateway, port?: number): Promise<CheckedConfig> {
  const { surroundings, supervisor } = local;
  const seen = supervisor.manager === "none" ? surroundings : serviceSurroundings(surroundings);
  const loaded = await loadConfig(seen);
  resolveGateway(loaded, { port });
  const { environment } = surroundings;
  const withheld = withheldVariables(environment).filter((name) => seen.environment[name] !== environment[name]);
  return { loaded, withheld };
}

/** What a service sees of them: its own variables, and those in the state folder's file. */
function serviceSurroundings({ environment, home }: Surroundings): Surroundings {
  const places: Environment = { OPENCLAW_PROFILE: environment.OPENCLAW_PROFILE };
  return withEnvironmentFile({ environment: { ...serviceEnvironment(environment), ...places }, home });
}
