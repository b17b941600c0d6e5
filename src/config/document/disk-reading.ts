/** What the configuration's files hold now, whether it can be used or not. */

import { ConfigError } from "../config-error.ts";
import { configPath, type Surroundings } from "../environment.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { etagOf } from "../file/etag.ts";
import { readConfigTree } from "../file/include-reader.ts";
import { type LoadedConfig, loadConfig } from "../load-config.ts";
import type { SecretSnapshot } from "../secrets/resolve-secrets.ts";

/** What is on the disk. */
export interface DiskReading {
  /** "unreadable" when there is a file that is no JSON5. */
  readonly etag: string;
  /** Undefined when there is no file, or it is no JSON5. */
  readonly tree: ConfigTree | undefined;
  /** Undefined when it cannot be used; `problem` says why then. */
  readonly loaded: LoadedConfig | undefined;
  readonly problem: ConfigError | undefined;
}

/** More to be checked than the schema. Throws a ConfigError for what cannot be run. */
export type ConfigCheck = (loaded: LoadedConfig) => unknown;

/** Reads and checks; never fails because of what the files say. */
export async function readDisk(
  surroundings: Surroundings,
  check: ConfigCheck,
  previousSecrets?: SecretSnapshot,
): Promise<DiskReading> {
  let tree: ConfigTree | undefined;
  let etag = "unreadable";
  try {
    tree = await readConfigTree(configPath(surroundings), surroundings);
    etag = etagOf(tree);
    const loaded = await loadConfig(surroundings, { previousSecrets });
    check(loaded);
    return { etag: loaded.etag, tree: loaded.tree, loaded, problem: undefined };
  } catch (error) {
    if (error instanceof ConfigError) return { etag, tree, loaded: undefined, problem: error };
    throw error;
  }
}
