/** What the configuration's files hold now, whether it can be used or not. */

import { ConfigError } from "../config-error.ts";
import { configPath, type Surroundings } from "../environment.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { etagOf } from "../file/etag.ts";
import { readConfigTree } from "../file/include-reader.ts";
import { type LoadedConfig, loadConfig } from "../load-config.ts";
import type { SecretSnapshot } from "../secrets/resolve-secrets.ts";

/** What the files hold as it is written. */
export interface TextReading {
  /** "unreadable" when there is a file that is no JSON5. */
  readonly etag: string;
  /** Undefined when there is no file, or it is no JSON5. */
  readonly tree: ConfigTree | undefined;
  /** Why it cannot be used. */
  readonly problem: ConfigError | undefined;
}

/** What is on the disk. */
export interface DiskReading extends TextReading {
  /** Undefined when it cannot be used; `problem` says why then. */
  readonly loaded: LoadedConfig | undefined;
}

/** More to be checked than the schema. Throws a ConfigError for what cannot be run. */
export type ConfigCheck = (loaded: LoadedConfig) => unknown;

/** Reads the files alone: no default, no secret, no check. Never fails because of what they say. */
export async function readTexts(surroundings: Surroundings): Promise<TextReading> {
  try {
    const tree = await readConfigTree(configPath(surroundings), surroundings);
    return { etag: etagOf(tree), tree, problem: undefined };
  } catch (error) {
    if (error instanceof ConfigError) return { etag: "unreadable", tree: undefined, problem: error };
    throw error;
  }
}

/** Reads and checks; never fails because of what the files say. */
export async function readDisk(
  surroundings: Surroundings,
  check: ConfigCheck,
  previousSecrets?: SecretSnapshot,
): Promise<DiskReading> {
  const texts = await readTexts(surroundings);
  if (texts.problem !== undefined) return { ...texts, loaded: undefined };
  try {
    const loaded = await loadConfig(surroundings, { tree: texts.tree, previousSecrets });
    check(loaded);
    return { etag: loaded.etag, tree: loaded.tree, loaded, problem: undefined };
  } catch (error) {
    if (error instanceof ConfigError) return { ...texts, loaded: undefined, problem: error };
    throw error;
  }
}
