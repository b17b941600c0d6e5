/** From configuration, environment and flags to what a gateway on this machine does. */

import { dirname, join } from "node:path";
import { type Environment, expandPath } from "./environment.ts";
import { ensureToken } from "./gateway/gateway-token.ts";
import { type Machine, readMachine } from "./gateway/machine.ts";
import { type AuthFlags, type ResolvedAuth, requireSafeBind, resolveAuth } from "./gateway/resolve-auth.ts";
import { type ResolvedBind, resolveBind } from "./gateway/resolve-bind.ts";
import { type ResolvedPort, resolvePort } from "./gateway/resolve-port.ts";
import type { LoadedConfig } from "./load-config.ts";

/** What the command line of `gateway run` says. */
export interface GatewayFlags extends AuthFlags {
  readonly port?: string | number;
  readonly bind?: string;
}

/**
 * Where the certificate is: an operator's files, or the folder in which the gateway keeps the one it makes for itself, as
 * cert.pem and key.pem. Absolute paths.
 */
export type ResolvedTls =
  | { readonly kind: "files"; readonly certPath: string; readonly keyPath: string }
  | { readonly kind: "generated"; readonly folder: string };

/** Everything that is decided before a gateway listens. */
export interface ResolvedGateway {
  readonly port: ResolvedPort;
  readonly bind: ResolvedBind;
  readonly auth: ResolvedAuth;
  /** Undefined when the gateway serves without TLS. */
  readonly tls: ResolvedTls | undefined;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** Decides. Throws a ConfigError when the result would not be safe or cannot be had on this machine. */
export function resolveGateway(
  loaded: LoadedConfig,
  flags: GatewayFlags = {},
  machine: Machine = readMachine(loaded.environment),
): ResolvedGateway {
  const { gateway } = loaded.config;
  const bind = resolveBind(loaded, machine, flags.bind);
  const auth = resolveAuth(loaded, flags);
  requireSafeBind(bind.hosts, auth);
  return {
    port: resolvePort(loaded, flags.port),
    bind,
    auth,
    tls: resolveTls(loaded),
    allowedHosts: gateway.allowedHosts,
    allowedOrigins: gateway.controlUi.allowedOrigins,
  };
}

/** Where the certificate is; undefined when the gateway serves without TLS. */
export function resolveTls({ config, path, home, stateDir }: LoadedConfig): ResolvedTls | undefined {
  const { enabled, certPath, keyPath } = config.gateway.tls;
  if (!enabled) return undefined;
  if (certPath === undefined || keyPath === undefined) return { kind: "generated", folder: join(stateDir, "tls") };
  const absolute = (file: string) => expandPath(file, dirname(path), home);
  return { kind: "files", certPath: absolute(certPath), keyPath: absolute(keyPath) };
}

/** The secret callers must know; made and kept in the state folder when none is set. Undefined with mode "none". */
export async function ensureSecret({ mode, secret }: ResolvedAuth, stateDir: string): Promise<string | undefined> {
  return mode === "token" ? (secret ?? (await ensureToken(stateDir))) : secret;
}

/** The environment variables model providers are looked for in: keys and proxies, nothing else. */
export function modelEnvironment(environment: Environment): Environment {
  const wanted = /^([A-Z][A-Z0-9_]*_API_KEY|(https?|no|all)_proxy)$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => wanted.test(name)));
}
