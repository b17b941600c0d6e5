/** The process environment: the one place that reads it. */

import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where configuration comes from; tests give their own. */
export interface Surroundings {
  readonly environment: Environment;
  /** Absolute path of the home folder. */
  readonly home: string;
}

/** Those of this process. */
export function processSurroundings(): Surroundings {
  return { environment: process.env, home: homedir() };
}

/** The variable's value; undefined when it is unset or empty. */
export function readVariable(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined;
}

/** Folder with everything the gateway remembers: OPENCLAW_STATE_DIR, else ~/.openclaw. Absolute; may not exist yet. */
export function stateDirectory({ environment, home }: Surroundings): string {
  const given = readVariable(environment, "OPENCLAW_STATE_DIR");
  return given === undefined ? join(home, ".openclaw") : expandPath(given, process.cwd(), home);
}

/** The configuration file: OPENCLAW_CONFIG_PATH, else openclaw.json in the state folder. Absolute; may not exist. */
export function configPath(surroundings: Surroundings): string {
  const given = readVariable(surroundings.environment, "OPENCLAW_CONFIG_PATH");
  if (given === undefined) return join(stateDirectory(surroundings), "openclaw.json");
  return expandPath(given, process.cwd(), surroundings.home);
}

/** An absolute path: "~/" is the home folder, anything else relative starts at `base`. */
export function expandPath(path: string, base: string, home: string): string {
  if (path === "~" || path.startsWith("~/")) return join(home, path.slice(1));
  return isAbsolute(path) ? resolve(path) : resolve(base, path);
}

/** The path as people write it, with "~" for the home folder. */
export function displayPath(path: string, home: string): string {
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
