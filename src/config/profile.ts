/** Profiles: several gateways of one user on one host, each with its own configuration, state and service. */

import { configError } from "./config-error.ts";

/** What the command line says about the profile. */
export interface ProfileFlags {
  /** `--profile`. */
  readonly profile?: string | undefined;
  /** `--dev`: the profile "dev". */
  readonly dev?: boolean | undefined;
}

/** The profile for development, which has a port of its own. */
export const devProfile = "dev";

/** The profile the flags name; undefined when they name none. Throws a ConfigError when they contradict each other, or it is no name. */
export function flaggedProfile({ profile, dev }: ProfileFlags): string | undefined {
  if (dev && profile !== undefined && profile !== devProfile) {
    throw configError("--dev", `is the profile "${devProfile}", and --profile says ${JSON.stringify(profile)}`);
  }
  if (profile !== undefined) checkProfile("--profile", profile);
  return dev ? devProfile : profile;
}

/** The name as it is used in paths and service names; undefined for "default". Throws a ConfigError for what is none. */
export function checkProfile(source: string, name: string): string | undefined {
  if (name === "default") return undefined;
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return name;
  throw configError(
    source,
    `must be lower-case letters, digits, - and _, at most 64, not ${JSON.stringify(name)}`,
    'for example "work"',
  );
}
