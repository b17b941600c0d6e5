/** The gateway as people read it. */

import type { GatewayJson } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";

/** "ready", "draining", "read only", … */
export function stateWord(gateway: GatewayJson): string {
  return (gateway.state ?? "").replace("STATE_", "").replaceAll("_", " ").toLowerCase();
}
