/** Where agents work. */

import { dirname, join } from "node:path";
import { expandPath } from "./environment.ts";
import type { LoadedConfig } from "./load-config.ts";

/** The folder, absolute: `agents.defaults.workspace`, from the configuration file on, else "workspace" in the state folder. */
export function workspaceFolder({ config, path, home, stateDir }: LoadedConfig): string {
  const { workspace } = config.agents.defaults;
  return workspace === undefined ? join(stateDir, "workspace") : expandPath(workspace, dirname(path), home);
}
