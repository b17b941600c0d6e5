/** Gathers what checks look at. */

import { ConfigError, type ConfigProblem } from "../../config/config-error.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { resolveGateway } from "../../config/resolve-gateway.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import { ServiceError } from "../../supervisor/service-error.ts";
import type { ServiceState } from "../../supervisor/supervisor.ts";
import type { Invocation } from "../command/command.ts";
import { LocalGateway } from "../service/local-gateway.ts";
import type { CareContext } from "./check.ts";

/** Longest time a command that tells about this machine may take, in ms. */
const commandMs = 10_000;

/** Gathers it, for the profile a command line means. Changes nothing. */
export async function gatherContext(
  { globals, link, nowMs }: Pick<Invocation, "globals" | "link" | "nowMs">,
  deep: boolean,
): Promise<CareContext> {
  const local = await LocalGateway.open(globals);
  const [config, owner, service] = await Promise.all([readConfig(local), local.owner(), readService(local)]);
  const run = commandRunner(local.surroundings.environment, commandMs);
  return { local, ...config, owner, service, link, deep, nowMs, run };
}

async function readConfig(local: LocalGateway): Promise<{
  loaded: LoadedConfig | undefined;
  problems: readonly ConfigProblem[];
}> {
  try {
    const loaded = await loadConfig(local.surroundings);
    resolveGateway(loaded);
    return { loaded, problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { loaded: undefined, problems: error.problems };
    throw error;
  }
}

async function readService({ supervisor }: LocalGateway): Promise<ServiceState | undefined> {
  try {
    return await supervisor.status();
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
