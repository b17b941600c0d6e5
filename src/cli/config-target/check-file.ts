/** A configuration file, looked at without a gateway. */

import { configError, formatProblem } from "../../config/config-error.ts";
import { readDisk } from "../../config/document/disk-reading.ts";
import { configPath, type Surroundings } from "../../config/environment.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
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
  const { loaded, problem } = await readDisk(surroundings, (candidate) => {
    if (file !== undefined && !candidate.exists) throw configError(path, "does not exist", "give the path of a file");
    resolveGateway(candidate);
  });
  return {
    path,
    exists: loaded?.exists ?? true,
    problems: problem?.problems.map(formatProblem) ?? [],
    warnings: loaded?.warnings ?? [],
    loaded,
  };
}
