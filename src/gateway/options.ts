/** What a gateway is started with. */

import type { LoadedConfig } from "../config/load-config.ts";
import type { GatewayFlags } from "../config/resolve-gateway.ts";
import type { NetworkCatalog } from "../core/channel/channel-ports.ts";
import type { JsonLog } from "../lib/log/json-log.ts";

/** The configuration, the command line, and whoever wants to know about restarts. */
export interface GatewayOptions {
  readonly loaded: LoadedConfig;
  /** Reads the configuration again, for a restart. Fails with a ConfigError. */
  readonly reload: (before: LoadedConfig) => Promise<LoadedConfig>;
  readonly flags: GatewayFlags;
  readonly version: string;
  readonly log: JsonLog;
  /** Messaging networks to use instead of those the gateway brings; for programs that embed it. */
  readonly networks?: NetworkCatalog;
  /** Told when a restart closes the rooms, and when the new ones serve. */
  readonly onRestart?: (phase: "reloading" | "ready", gateway: { readonly urls: readonly string[] }) => void;
}
