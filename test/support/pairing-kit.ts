/** Devices that pair with a core in the same process. */

import type { Device } from "../../gen/openclaw/gateway/v1/access_pb.ts";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
import type { GatewayClient } from "../../src/client/gateway-client.ts";

/** A device that was let in. */
export interface PairedDevice {
  readonly device: Device;
  readonly token: string;
}

/** Lets a device in, with a setup code. */
export async function pairDevice(
  { access }: GatewayClient,
  scopes: readonly Scope[] = [Scope.WRITE],
  title = "a device",
): Promise<PairedDevice> {
  const { setupCode } = await access.createSetupCode({ scopes: [...scopes] });
  const { redeemSecret } = await access.requestPairing({ title, setupCode });
  const { device, token } = await access.redeemPairing({ redeemSecret });
  if (device === undefined) throw new Error("the gateway let nobody in");
  return { device, token };
}

/** A message as text, to search for what must not be there. */
export function textOf(message: unknown): string {
  return JSON.stringify(message, (_key, value) => (typeof value === "bigint" ? String(value) : value));
}
