/** Finds, reads and checks the configuration. */

import { type Config, defaultConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import {
  configPath,
  displayPath,
  processSurroundings,
  readVariable,
  type Surroundings,
  stateDirectory,
} from "./environment.ts";
import { formatPath } from "./file/json5-source.ts";
import { readPlainGateway } from "./file/plain-gateway.ts";
import { type ConfigFile, readConfigFile } from "./file/read-config-file.ts";

/** A configuration and where it comes from. */
export interface LoadedConfig extends Surroundings {
  /** Every default is filled in. */
  readonly config: Config;
  /** Absolute path of the file, whether it exists or not. */
  readonly path: string;
  readonly exists: boolean;
  /** Absolute path of the folder with everything the gateway remembers; may not exist yet. */
  readonly stateDir: string;
  /** Key paths whose value still holds a variable that is not set, with the variable's name. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** What an operator should know, one sentence each; nothing that stops the gateway. */
  readonly warnings: readonly string[];
}

/** Loads and checks all of it; without a file everything has its default. Throws a ConfigError with every problem at once. */
export async function loadConfig(surroundings: Surroundings = processSurroundings()): Promise<LoadedConfig> {
  return await load(surroundings, checkFile);
}

/**
 * Loads what a client needs to find and call the gateway of this machine: `gateway`, the rest at its defaults. Does not
 * look at other sections, so that a command is not slowed down by checks the gateway makes anyway. Throws as loadConfig.
 */
export async function loadClientConfig(surroundings: Surroundings = processSurroundings()): Promise<LoadedConfig> {
  return await load(surroundings, (file) => {
    const plain = readPlainGateway(file.value);
    if (plain === undefined) return checkFile(file);
    return { ...defaultConfig, gateway: { ...defaultConfig.gateway, ...plain } };
  });
}

async function load(
  { environment, home }: Surroundings,
  check: (file: ConfigFile) => Config | Promise<Config>,
): Promise<LoadedConfig> {
  const surroundings = { environment, home };
  const path = configPath(surroundings);
  const stateDir = stateDirectory(surroundings);
  const file = await readConfigFile(path, surroundings);
  const unresolved = (file?.unresolved ?? []).map(({ path: keys, name }) => [formatPath(keys), name] as const);
  return {
    ...surroundings,
    config: file === undefined ? defaultConfig : await check(file),
    path,
    exists: file !== undefined,
    stateDir,
    unresolved: new Map(unresolved),
    warnings: [
      ...unresolved.map(([keys, name]) => `${keys} names the variable ${name}, which is not set`),
      ...missingFileWarnings(surroundings, path, file),
    ],
  };
}

function missingFileWarnings(surroundings: Surroundings, path: string, file: ConfigFile | undefined): string[] {
  if (file !== undefined || readVariable(surroundings.environment, "OPENCLAW_CONFIG_PATH") === undefined) return [];
  return [
    `OPENCLAW_CONFIG_PATH names ${displayPath(path, surroundings.home)}, which does not exist; defaults are used`,
  ];
}

async function checkFile({ value, source, display }: ConfigFile): Promise<Config> {
  const { configJsonSchema, configSchema } = await import("./config-schema.ts");
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  const { describeIssues } = await import("./file/schema-problems.ts");
  throw new ConfigError(describeIssues(result.error.issues, { source, file: display, schema: configJsonSchema() }));
}
