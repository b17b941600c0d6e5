/** Is the port the gateway's? */

import { resolveGateway } from "../../../config/resolve-gateway.ts";
import { findPortHolder } from "../../../lib/host/port-holder.ts";
import { holderText, isGateway } from "../../service/host-gateways.ts";
import type { CareContext, Check, Problem } from "../check.ts";

/** Free, or held by the gateway of this state folder. */
export const portCheck: Check = {
  id: "port",
  async run(context) {
    const { loaded, owner } = context;
    if (loaded === undefined) return [];
    const { port, tls } = resolveGateway(loaded);
    if (port.value === 0) return [];
    if (owner === undefined) return await taken(port.value, context);
    if (owner.url === undefined || portOf(owner.url) === port.value) return [];
    const configured = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port.value}`;
    return [
      {
        severity: "warning",
        subject: owner.url,
        reason: `the gateway listens there, and ${port.source} says ${configured}`,
        fix: "let it read its configuration again: openclaw gateway restart",
      },
    ];
  },
};

/** An address does not name the usual port of its protocol. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

async function taken(port: number, { run }: CareContext): Promise<Problem[]> {
  const [holder, gateway] = await Promise.all([findPortHolder(port, run), isGateway(`http://127.0.0.1:${port}`)]);
  if (holder === undefined && !gateway) return [];
  const { who, stop } = holderText(port, holder);
  return [
    {
      severity: "error",
      subject: `port ${port}`,
      reason: `${who} has it${gateway ? ", an OpenClaw gateway with another state folder" : ""}`,
      fix: `${stop}, or choose another gateway.port`,
    },
  ];
}
