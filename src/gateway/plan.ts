/** What a gateway is about to be: everything that can be found wrong with a configuration before anything is opened. */

import { ConfigError, configError } from "../config/config-error.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { ensureSecret, type GatewayFlags, type ResolvedGateway, resolveGateway } from "../config/resolve-gateway.ts";
import { Failure } from "../core/errors.ts";
import { systemClock } from "../lib/clock.ts";
import { ListenError } from "../server/port/listeners.ts";
import type { TlsCertificate } from "../server/tls-certificate.ts";

/** A configuration that can be run. */
export interface Plan {
  readonly loaded: LoadedConfig;
  readonly resolved: ResolvedGateway;
  /** What callers must know; undefined when everybody may call. */
  readonly secret: string | undefined;
  /** Undefined without TLS. */
  readonly certificate: TlsCertificate | undefined;
}

/**
 * Makes the plan. Fails with a ConfigError, or with a FIELD_INVALID for a certificate that cannot be used. `stateDir` is
 * where the gateway has its state, if it has it already: that cannot move.
 */
export async function makePlan(loaded: LoadedConfig, flags: GatewayFlags, stateDir = loaded.stateDir): Promise<Plan> {
  const resolved = resolveGateway(loaded, flags);
  if (loaded.stateDir !== stateDir) {
    throw configError("OPENCLAW_STATE_DIR", `is ${loaded.stateDir} by now`, "stop the gateway and start it there");
  }
  const secret = await ensureSecret(resolved.auth, stateDir);
  const { tls } = resolved;
  const certificate = tls && (await (await import("../server/tls-certificate.ts")).loadCertificate(tls, systemClock));
  return { loaded, resolved, secret, certificate };
}

/** Why an operator has to do something first, in words; undefined for a bug. */
export function refusalText(error: unknown): string | undefined {
  const expected = error instanceof ConfigError || error instanceof ListenError || error instanceof Failure;
  return expected ? error.message : undefined;
}

/** True when nothing crashed: somebody has to put something right first. */
export function isOperators(error: unknown): boolean {
  return refusalText(error) !== undefined || (error instanceof Error && error.name === "StoreUnusableError");
}
