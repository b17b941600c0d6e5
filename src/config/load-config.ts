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
import type { ConfigTree } from "./file/config-tree.ts";
import { etagOf } from "./file/etag.ts";
import { readConfigTree, type TextOverlay } from "./file/include-reader.ts";
import { formatPath, type KeyPath } from "./file/json5-source.ts";
import { readPlainGateway } from "./file/plain-gateway.ts";
import { describeIssues } from "./file/schema-problems.ts";
import { substituteVariables } from "./file/substitute.ts";
import { resolveSecrets, type SecretSnapshot } from "./secrets/resolve-secrets.ts";

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
  /** What the files hold, as a version: the same texts have the same etag. */
  readonly etag: string;
  /** The files as they are written; undefined when there is none. */
  readonly tree: ConfigTree | undefined;
  /** Key paths of secret references whose secret cannot be had, with the reason; the configuration has nothing there. */
  readonly unresolvedSecrets: ReadonlyMap<string, string>;
  /** The secrets that were resolved. They live in memory only. */
  readonly secrets: SecretSnapshot;
  /** What an operator should know, one sentence each; nothing that stops the gateway. */
  readonly warnings: readonly string[];
}

/** How a configuration is loaded that is not simply the one on the disk. */
export interface LoadOptions {
  /** Texts to be taken for those on the disk. */
  readonly overlay?: TextOverlay;
  /** The files, where somebody has read them already. */
  readonly tree?: ConfigTree | undefined;
  /** Secrets of the configuration before; see resolveSecrets. */
  readonly previousSecrets?: SecretSnapshot;
}

/** Loads and checks all of it; without a file everything has its default. Throws a ConfigError with every problem at once. */
export async function loadConfig(
  surroundings: Surroundings = processSurroundings(),
  options: LoadOptions = {},
): Promise<LoadedConfig> {
  return await load(surroundings, { ...options, check: checkFile });
}

/**
 * Loads what a client needs to find and call the gateway of this machine: `gateway`, the rest at its defaults. Does not
 * look at other sections, so that a command is not slowed down by checks the gateway makes anyway. Throws as loadConfig.
 */
export async function loadClientConfig(surroundings: Surroundings = processSurroundings()): Promise<LoadedConfig> {
  return await load(surroundings, {
    secretsBelow: ["gateway", "auth"],
    check: (value, tree) => {
      const plain = readPlainGateway(value);
      if (plain === undefined) return checkFile(value, tree);
      return { ...defaultConfig, gateway: { ...defaultConfig.gateway, ...plain } };
    },
  });
}

interface Loading extends LoadOptions {
  /** Only secrets below this path are resolved. */
  readonly secretsBelow?: KeyPath;
  readonly check: (value: unknown, tree: ConfigTree) => Config | Promise<Config>;
}

async function load({ environment, home }: Surroundings, options: Loading): Promise<LoadedConfig> {
  const surroundings = { environment, home };
  const path = configPath(surroundings);
  const tree = options.tree ?? (await readConfigTree(path, surroundings, options.overlay));
  const places = { ...surroundings, path, stateDir: stateDirectory(surroundings), etag: etagOf(tree), tree };
  if (tree === undefined) return { ...places, ...nothingLoaded, warnings: missingFileWarnings(surroundings, path) };
  const filled = substituteVariables(tree.written, environment);
  const resolved = await resolveSecrets(filled.value, {
    tree,
    surroundings,
    only: options.secretsBelow,
    previous: options.previousSecrets,
  });
  const unresolved = filled.unresolved.map(({ path: keys, name }) => [formatPath(keys), name] as const);
  return {
    ...places,
    config: await options.check(resolved.value, tree),
    exists: true,
    unresolved: new Map(unresolved),
    unresolvedSecrets: resolved.unresolved,
    secrets: resolved.snapshot,
    warnings: [
      ...unresolved.map(([keys, name]) => `${keys} names the variable ${name}, which is not set`),
      ...resolved.warnings,
    ],
  };
}

const nothingLoaded = {
  config: defaultConfig,
  exists: false,
  unresolved: new Map<string, string>(),
  unresolvedSecrets: new Map<string, string>(),
  secrets: new Map<string, string>(),
} as const;

function missingFileWarnings(surroundings: Surroundings, path: string): string[] {
  if (readVariable(surroundings.environment, "OPENCLAW_CONFIG_PATH") === undefined) return [];
  return [
    `OPENCLAW_CONFIG_PATH names ${displayPath(path, surroundings.home)}, which does not exist; defaults are used`,
  ];
}

async function checkFile(value: unknown, tree: ConfigTree): Promise<Config> {
  const { configJsonSchema, configSchema } = await import("./config-schema.ts");
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  throw new ConfigError(describeIssues(result.error.issues, { tree, schema: configJsonSchema() }));
}
