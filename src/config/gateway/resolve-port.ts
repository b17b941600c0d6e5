/** Which port the gateway uses, and who said so. */

import { configError } from "../config-error.ts";
import { readProfile, readVariable } from "../environment.ts";
import type { LoadedConfig } from "../load-config.ts";
import { devProfile } from "../profile.ts";

const defaultPort = 18_789;
const devPort = 19_001;

/** A port and where it comes from. */
export interface ResolvedPort {
  /** 0 to 65535; 0 is any free one. */
  readonly value: number;
  readonly source: "--port" | "OPENCLAW_GATEWAY_PORT" | "gateway.port" | "profile dev" | "default";
}

/** The flag, else OPENCLAW_GATEWAY_PORT, else gateway.port, else 18789 (19001 in the profile "dev"). Throws a ConfigError that names a wrong source. */
export function resolvePort({ config, environment }: LoadedConfig, flag?: string | number): ResolvedPort {
  if (flag !== undefined) return { value: parsePort("--port", String(flag)), source: "--port" };
  const variable = readVariable(environment, "OPENCLAW_GATEWAY_PORT");
  if (variable !== undefined) {
    return { value: parsePort("OPENCLAW_GATEWAY_PORT", variable), source: "OPENCLAW_GATEWAY_PORT" };
  }
  if (config.gateway.port !== undefined) return { value: config.gateway.port, source: "gateway.port" };
  if (readProfile(environment) === devProfile) return { value: devPort, source: "profile dev" };
  return { value: defaultPort, source: "default" };
}

function parsePort(source: string, text: string): number {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw configError(source, `must be a whole number from 0 to 65535, not ${JSON.stringify(text)}`, "for example 18789");
}
