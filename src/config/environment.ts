/** The process environment: the one place that reads it. */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { configError } from "./config-error.ts";
import { checkProfile, flaggedProfile, type ProfileFlags } from "./profile.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where configuration comes from; tests give their own. */
export interface Surroundings {
  readonly environment: Environment;
  /** Absolute path of the home folder. */
  readonly home: string;
}

/** What a service manager says to the process it starts, and to nobody else. */
export type ManagerVariables = Readonly<Partial<Record<(typeof managerVariables)[number], string>>>;

const managerVariables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const;

/**
 * Takes them out of the environment, once and before anything else reads it: no program the gateway starts can speak for it
 * then, whatever environment it is given.
 */
export function takeManagerVariables(): ManagerVariables {
  const taken = managerVariables.map((name) => [name, process.env[name] || undefined]);
  for (const name of managerVariables) delete process.env[name];
  return Object.fromEntries(taken);
}

/** Those of this process, with the profile its command line names. What `.env` in the state folder sets is there, too. */
export function processSurroundings(flags: ProfileFlags = {}): Surroundings {
  const profile = flaggedProfile(flags);
  const chosen = profile === undefined ? {} : { OPENCLAW_PROFILE: profile };
  return withEnvironmentFile({ environment: { ...process.env, ...chosen }, home: homedir() });
}

/**
 * Adds the variables of `.env` in the state folder, NAME=value lines, where keys and tokens can be kept for a gateway that no
 * shell starts. What is set already stays, and the file cannot say where the state folder is.
 */
export function withEnvironmentFile(surroundings: Surroundings): Surroundings {
  const { OPENCLAW_STATE_DIR, OPENCLAW_PROFILE, OPENCLAW_CONFIG_PATH, ...added } = readEnvironmentFile(
    join(stateDirectory(surroundings), ".env"),
  );
  return { ...surroundings, environment: { ...added, ...surroundings.environment } };
}

function readEnvironmentFile(path: string): Record<string, string | undefined> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw configError(path, `cannot be read (${code ?? message})`, "run as the user the gateway runs as");
  }
  return process.getBuiltinModule("node:util").parseEnv(text);
}

/** The variable's value; undefined when it is unset or empty. */
export function readVariable(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined;
}

/** OPENCLAW_PROFILE; undefined for the default profile. Throws a ConfigError when it is no name of one. */
export function readProfile(environment: Environment): string | undefined {
  const given = readVariable(environment, "OPENCLAW_PROFILE");
  return given === undefined ? undefined : checkProfile("OPENCLAW_PROFILE", given);
}

/**
 * Folder with everything the gateway remembers: OPENCLAW_STATE_DIR, else ~/.openclaw, ~/.openclaw-work in the profile "work".
 * Absolute; may not exist yet.
 */
export function stateDirectory(surroundings: Surroundings): string {
  const given = readVariable(surroundings.environment, "OPENCLAW_STATE_DIR");
  return given === undefined ? profileDirectory(surroundings) : expandPath(given, process.cwd(), surroundings.home);
}

/** The profile's own state folder, wherever its state is now. */
function profileDirectory({ environment, home }: Surroundings): string {
  const profile = readProfile(environment);
  return join(home, profile === undefined ? ".openclaw" : `.openclaw-${profile}`);
}

/** The configuration file: OPENCLAW_CONFIG_PATH, else openclaw.json in the state folder. Absolute; may not exist. */
export function configPath(surroundings: Surroundings): string {
  const given = readVariable(surroundings.environment, "OPENCLAW_CONFIG_PATH");
  if (given === undefined) return join(stateDirectory(surroundings), "openclaw.json");
  return expandPath(given, process.cwd(), surroundings.home);
}

/** True when state and configuration are where the profile has them: services are named by profile and know no other place. */
export function usesProfilePlaces(surroundings: Surroundings): boolean {
  const folder = profileDirectory(surroundings);
  return stateDirectory(surroundings) === folder && configPath(surroundings) === join(folder, "openclaw.json");
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
