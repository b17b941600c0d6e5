/** A home folder of its own for each test of the configuration. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { defaultConfig } from "../../src/config/config.ts";
import type { Environment } from "../../src/config/environment.ts";
import { type LoadedConfig, loadConfig } from "../../src/config/load-config.ts";

/** A temporary home folder. */
export class ConfigHome {
  readonly path = mkdtempSync(join(tmpdir(), "openclaw-config-"));

  /** Folder the gateway keeps its state in by default; made by the first write. */
  get stateDir(): string {
    return join(this.path, ".openclaw");
  }

  /** Writes a file, by its path from the home folder; returns its absolute path. */
  write(path: string, text: string | Uint8Array): string {
    const absolute = join(this.path, path);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
    return absolute;
  }

  /** Whether there is a file, by its path from the home folder. */
  exists(path: string): boolean {
    return existsSync(join(this.path, path));
  }

  /** Writes the configuration file at its default place and loads it. */
  async load(text: string, environment: Environment = {}): Promise<LoadedConfig> {
    this.write(".openclaw/openclaw.json", text);
    return await loadConfig({ environment, home: this.path });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A configuration as if loaded, without a file. */
export function loaded(changes: Partial<LoadedConfig> = {}): LoadedConfig {
  return {
    environment: {},
    home: "/home/ada",
    config: defaultConfig,
    path: "/home/ada/.openclaw/openclaw.json",
    exists: false,
    stateDir: "/home/ada/.openclaw",
    etag: "absent",
    tree: undefined,
    unresolved: new Map(),
    unresolvedSecrets: new Map(),
    secrets: new Map(),
    warnings: [],
    ...changes,
  };
}

/** The same with these keys under `gateway`. */
export function loadedGateway(
  gateway: Partial<LoadedConfig["config"]["gateway"]>,
  environment: Environment = {},
): LoadedConfig {
  return loaded({ environment, config: { ...defaultConfig, gateway: { ...defaultConfig.gateway, ...gateway } } });
}

/** The message of the ConfigError that `work` fails with; fails when it does not. */
export async function configErrorOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && error.name === "ConfigError") return error.message;
    throw error;
  }
  throw new Error("there was no ConfigError");
}
