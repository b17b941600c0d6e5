/** The configuration of a gateway that is about to start, plugged to what it changes. */

import { ConfigDocument } from "../../config/document/config-document.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import type { RunningGateway } from "../../config/reload/apply-changes.ts";
import { LiveConfig } from "../../config/reload/live-config.ts";
import { type GatewayFlags, resolveGateway } from "../../config/resolve-gateway.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { faultPoint } from "../settings.ts";

/** The gateway, as its configuration sees it. */
export interface ConfiguredGateway extends RunningGateway {
  /** Tells everybody that the configuration is another one. */
  changed(): Promise<void>;
}

/** What a live configuration is opened with. */
export interface LiveConfigParts {
  readonly options: { readonly flags: GatewayFlags; readonly log: Log };
  readonly loaded: LoadedConfig;
  readonly gateway: ConfiguredGateway;
}

/** The configuration of a gateway that is about to start. */
export function openLiveConfig({ options, loaded, gateway }: LiveConfigParts): LiveConfig {
  const { flags, log } = options;
  const { environment, home } = loaded;
  const document = new ConfigDocument({
    surroundings: { environment, home },
    clock: systemClock,
    check: (candidate) => resolveGateway(candidate, flags),
    faults: faultPoint(environment),
  });
  const changed = () => gateway.changed();
  return new LiveConfig({ loaded, document, gateway, changed, log: log.child({ component: "config" }) });
}
