/** Where everything a gateway needs is on this host. */

import { dirname, join } from "node:path";
import { configPath, expandPath, type Surroundings, stateDirectory } from "./environment.ts";
import type { LoadedConfig } from "./load-config.ts";

/** Absolute paths; files and folders may not be there. */
export interface Places {
  readonly stateDir: string;
  readonly configPath: string;
  /** Files the configuration includes. */
  readonly includes: readonly string[];
  /** The folder agents work in. */
  readonly workspace: string;
}

/** The places a configuration leads to. */
export function placesOf(loaded: LoadedConfig): Places {
  const { stateDir, path, tree } = loaded;
  const includes = (tree?.files ?? []).map((file) => file.path).filter((file) => file !== path);
  return { stateDir, configPath: path, includes, workspace: workspaceFolder(loaded) };
}

/** The places as far as they are known without a configuration that can be read. */
export function defaultPlaces(surroundings: Surroundings): Places {
  const stateDir = stateDirectory(surroundings);
  return { stateDir, configPath: configPath(surroundings), includes: [], workspace: join(stateDir, "workspace") };
}

/** Where agents work: `agents.defaults.workspace`, from the configuration file on, else "workspace" in the state folder. */
export function workspaceFolder({ config, path, home, stateDir }: WorkspaceSource): string {
  const { workspace } = config.agents.defaults;
  return workspace === undefined ? join(stateDir, "workspace") : expandPath(workspace, dirname(path), home);
}

type WorkspaceSource = Pick<LoadedConfig, "path" | "home" | "stateDir"> & {
  readonly config: { readonly agents: { readonly defaults: { readonly workspace?: string | undefined } } };
};
