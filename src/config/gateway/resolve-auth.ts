/** How callers prove who they are, and where the secret comes from. */

import { isLoopbackAddress } from "../../lib/ip-address.ts";
import type { AuthMode } from "../config.ts";
import { configError } from "../config-error.ts";
import { readVariable } from "../environment.ts";
import type { LoadedConfig } from "../load-config.ts";

/** What a command line says about authentication. */
export interface AuthFlags {
  /** `--auth`. */
  readonly auth?: string;
  readonly token?: string;
  readonly password?: string;
}

/** A way to prove who calls. */
export interface ResolvedAuth {
  readonly mode: AuthMode;
  /** The token or password. Undefined with mode "none", and with "token" when the one in the state folder is meant. */
  readonly secret: string | undefined;
  /** Where the secret comes from: "--token", "gateway.auth.token", "OPENCLAW_GATEWAY_TOKEN", "gateway.token", …; "none". */
  readonly source: string;
}

interface Secret {
  readonly value: string;
  readonly source: string;
}

const modes: readonly AuthMode[] = ["token", "password", "none"];

/**
 * Mode: the flag, else that of a secret given as a flag, else gateway.auth.mode, else that of the one secret that is set,
 * else "token". Secret: the flag, else the configuration, else the environment. Throws a ConfigError when two secrets are set
 * and nothing says which counts, when a password is missing, and when a secret names a variable that is not set, or refers to a secret that cannot be had.
 */
export function resolveAuth(loaded: LoadedConfig, flags: AuthFlags = {}): ResolvedAuth {
  const token = findSecret(loaded, "token", flags.token);
  const password = findSecret(loaded, "password", flags.password);
  const mode = resolveMode(loaded, flags, { token, password });
  if (mode === "none") return { mode, secret: undefined, source: "none" };
  const secret = mode === "token" ? token : password;
  if (secret !== undefined) return { mode, secret: checkSecret(loaded, mode, secret), source: secret.source };
  if (mode === "token") return { mode, secret: undefined, source: "gateway.token" };
  throw configError(
    "gateway.auth.mode",
    "is password, but no password is set",
    "set gateway.auth.password or OPENCLAW_GATEWAY_PASSWORD",
  );
}

/** Throws a ConfigError when anybody on a network could call. */
export function requireSafeBind(hosts: readonly string[], { mode }: ResolvedAuth): void {
  if (mode !== "none") return;
  const open = hosts.find((host) => !isLoopbackAddress(host));
  if (open === undefined) return;
  throw configError(
    "gateway.auth.mode",
    `is none, which is for loopback only, but the gateway would listen on ${open}`,
    'set gateway.auth.mode to "token", or gateway.bind to "loopback"',
  );
}

function resolveMode(
  { config }: LoadedConfig,
  flags: AuthFlags,
  secrets: { readonly token?: Secret; readonly password?: Secret },
): AuthMode {
  if (flags.auth !== undefined) return parseMode(flags.auth);
  if (flags.token !== undefined && flags.password !== undefined) throw ambiguous("--token", "--password");
  if (flags.token !== undefined) return "token";
  if (flags.password !== undefined) return "password";
  if (config.gateway.auth.mode !== undefined) return config.gateway.auth.mode;
  const { token, password } = secrets;
  if (token !== undefined && password !== undefined) throw ambiguous(token.source, password.source);
  return password === undefined ? "token" : "password";
}

function parseMode(flag: string): AuthMode {
  const mode = modes.find((known) => known === flag);
  if (mode !== undefined) return mode;
  throw configError("--auth", `must be one of ${modes.join(", ")}, not ${JSON.stringify(flag)}`);
}

function ambiguous(first: string, second: string): Error {
  return configError(
    "gateway.auth.mode",
    `is not set, and both a token (${first}) and a password (${second}) are`,
    'set it to "token" or "password", or remove one of them',
  );
}

function findSecret(
  { config, environment, unresolvedSecrets }: LoadedConfig,
  kind: "token" | "password",
  flag?: string,
): Secret | undefined {
  if (flag !== undefined) return { value: flag, source: `--${kind}` };
  const configured = config.gateway.auth[kind];
  if (configured !== undefined) return { value: configured, source: `gateway.auth.${kind}` };
  // A reference that leads nowhere must not open the door to another secret.
  if (unresolvedSecrets.has(`gateway.auth.${kind}`)) return { value: "", source: `gateway.auth.${kind}` };
  const variable = `OPENCLAW_GATEWAY_${kind.toUpperCase()}`;
  const value = readVariable(environment, variable);
  return value === undefined ? undefined : { value, source: variable };
}

function checkSecret(loaded: LoadedConfig, mode: "token" | "password", { value, source }: Secret): string {
  const { unresolved, unresolvedSecrets } = loaded;
  const reason = unresolvedSecrets.get(source);
  if (reason !== undefined) {
    throw configError(source, `its secret cannot be had: ${reason}`, "put that right, or put another value there");
  }
  const variable = unresolved.get(source);
  if (variable !== undefined) {
    throw configError(source, `names the variable ${variable}, which is not set`, "set it, or put another value there");
  }
  if (value === "") throw configError(source, "must not be empty", `give the ${mode}, or leave it out`);
  if (mode === "token" && !/^[\x21-\x7e]+$/.test(value)) {
    throw configError(
      source,
      "must be visible ASCII characters without spaces",
      "other ones cannot travel in a header",
    );
  }
  return value;
}
