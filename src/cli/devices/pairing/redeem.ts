/** Waiting for somebody to let this machine in. */

import { Code } from "@connectrpc/connect";
import type { RedeemPairingResponse } from "../../../../gen/openclaw/gateway/v1/access_service_pb.ts";
import type { GatewayClient } from "../../../client/client.ts";
import { gatewayErrorFrom } from "../../../client/gateway-error.ts";
import { sleep } from "../../../lib/sleep.ts";

/** How often to ask while the gateway does not say, in ms. */
const usualPollMs = 2_000;

/** Asks until somebody decided; only an answer that will not change ends it. */
export async function redeem(access: GatewayClient["access"], redeemSecret: string): Promise<RedeemPairingResponse> {
  for (;;) {
    try {
      return await access.redeemPairing({ redeemSecret });
    } catch (thrown) {
      const { reason, code, retryAfterMs = usualPollMs } = gatewayErrorFrom(thrown);
      if (reason !== "PAIRING_PENDING" && reason !== "RATE_LIMITED" && code !== Code.Unavailable) throw thrown;
      await sleep(retryAfterMs, new AbortController().signal);
    }
  }
}
