/** A configuration file, looked at without a gateway. */

import { ConfigError, configError, formatProblem } from "../../config/config-error.ts";
import { configPath, type Surroundings } from "../../config/environment.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { resolveGateway } from "../../config/resolve-gateway.ts";

/** What was found. */
export interface FileCheck {
  /** Absolute. */
  readonly path: string;
  readonly exists: boolean;
  /** One line each; empty when a gateway could start with it. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Undefined when there are problems. */
  readonly loaded: LoadedConfig | undefined;
}

/** Checks the file, or another one in its place. A file that is named has to be there. */
export async function checkFile(own: Surroundings, file?: string): Promise<FileCheck> {
  const surroundings =
    file === undefined ? own : { ...own, environment: { ...own.environment, OPENCLAW_CONFIG_PATH: file } };
  const path = configPath(surroundings);
  try {
    const loaded = await loadConfig(surroundings);
    if (file !== undefined && !loaded.exists) throw configError(path, "does not exist", "give the path of a file");
    resolveGateway(loaded);
    return { path, exists: loaded.exists, problems: [], warnings: loaded.warnings, loaded };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { path, exists: true, problems: error.problems.map(formatProblem), warnings: [], loaded: undefined };
  }
}
