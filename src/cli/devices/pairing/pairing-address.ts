/** The gateway this machine is to be paired with. */

import { processSurroundings } from "../../../config/environment.ts";
import { loadClientConfig } from "../../../config/load-config.ts";
import { type GatewayAddress, resolveClient } from "../../../config/resolve-client.ts";
import { UsageError } from "../../command/usage-error.ts";
import type { LinkOptions } from "../../link/gateway-link.ts";
import { withPin } from "../../link/pin-certificate.ts";

/** The one of --url or the environment. Throws a UsageError when neither names one, a ConfigError for what is no address. */
export async function pairingAddress({
  url,
  fingerprint,
  profile,
  dev,
}: Omit<LinkOptions, "timeout">): Promise<GatewayAddress> {
  const loaded = await loadClientConfig(processSurroundings({ profile, dev }));
  const address = await resolveClient(loaded, { url, anonymous: true });
  if (address.urlSource === "--url" || address.urlSource === "OPENCLAW_GATEWAY_URL") {
    return await withPin({ ...address, loaded }, fingerprint);
  }
  throw new UsageError(
    "which gateway? this machine needs no pairing with its own",
    "name it: openclaw devices pair --url <address>",
  );
}
