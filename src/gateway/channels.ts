/** Channels as the gateway plugs them: where networks come from, and what they keep beside the store. */

import { loadNetwork } from "../channels/network-list.ts";
import type { RemoteNetwork } from "../channels/remote/remote-network.ts";
import { readVariable } from "../config/environment.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import type { ChannelPorts, NetworkCatalog } from "../core/channel/channel-ports.ts";
import type { ChannelConfiguration } from "../core/config/configuration.ts";
import type { HoldBack } from "../core/hold-back.ts";
import { CredentialFiles } from "../storage/channel/credential-files.ts";

/** What of the house the channels see. */
export interface ChannelSurroundings {
  readonly holdBack: HoldBack;
  /** Undefined for those the gateway brings. */
  readonly networks: NetworkCatalog | undefined;
  /** What the channels are configured in. */
  readonly process: { readonly configuration: ChannelConfiguration };
}

/** What channels are plugged with. OPENCLAW_SKIP_CHANNELS=1 connects none of them. */
export function channelPorts(
  { environment, stateDir }: LoadedConfig,
  { holdBack, networks, process: { configuration } }: ChannelSurroundings,
): ChannelPorts {
  const skip = readVariable(environment, "OPENCLAW_SKIP_CHANNELS");
  let remote: Promise<RemoteNetwork> | undefined;
  const drivers = (): Promise<RemoteNetwork> => {
    remote ??= import("../channels/remote/remote-network.ts").then((loaded) => new loaded.RemoteNetwork());
    return remote;
  };
  return {
    networks: networks ?? { load: (settings) => (settings.remote ? drivers() : loadNetwork(settings)) },
    drivers,
    credentials: new CredentialFiles(stateDir),
    configuration,
    holdBack,
    ...(skip !== undefined && skip !== "0" && { skipped: "OPENCLAW_SKIP_CHANNELS is set" }),
  };
}
