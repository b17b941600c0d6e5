/** `openclaw gateway status`. */

import type { Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import type { GatewayAddress } from "../../config/resolve-client.ts";
import { defineCommand } from "../command/command.ts";
import { viewFailure } from "../failure-view.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import { allChannels } from "../link/paging.ts";
import { findHostGateways, type HostGateway } from "../service/host-gateways.ts";
import { type MachineReport, reportMachine } from "../service/machine-report.ts";
import { describeStatus, type Probe, type Status, writeStatus } from "../service/status-view.ts";

/** Code of a call the gateway does not know. */
const unimplemented = 12;

/** Shows what is set up on this machine, and asks the gateway. */
export const command = defineCommand({
  words: [],
  options: {
    "no-probe": { kind: "switch", help: "do not ask the gateway" },
    "require-rpc": { kind: "switch", help: "exit code 1 when the gateway does not answer" },
    deep: { kind: "switch", help: "check all of the configuration here, and look for other gateways on this host" },
  },
  details: `
Changes nothing. Exit code 0 whether the gateway answers or not, unless --require-rpc; 78 when the configuration is wrong.`,
  async run({ options, globals, terminal, link, nowMs }) {
    const address = await link.address();
    const probing = options["no-probe"] ? undefined : probeGateway(link, address);
    const inForce = options.deep ? undefined : probing?.then(versionInForce);
    const [machine, probe] = await Promise.all([
      reportMachine(globals, address.loaded, Promise.resolve(inForce)),
      probing,
    ]);
    const others = options.deep ? await findOthers(address, machine) : undefined;
    const status: Status = { address, machine, probe, others, nowMs };
    if (terminal.json) terminal.document(describeStatus(status));
    else writeStatus(terminal, status);
    if (machine.config.problems.length > 0) return 78;
    return options["require-rpc"] && !probe?.ok ? 1 : 0;
  },
});

async function probeGateway(link: GatewayLink, address: GatewayAddress): Promise<Probe> {
  try {
    const client = await link.client();
    const response = await client.gateway.getGateway({});
    // The first call also opens the connection; the second one alone tells how quick the gateway is.
    const startMs = performance.now();
    const channels = await findChannels(client);
    const latencyMs = Math.round((performance.now() - startMs) * 10) / 10;
    return { ok: true, latencyMs, answer: { response, channels } };
  } catch (thrown) {
    return { ok: false, failure: await viewFailure(thrown, address) };
  }
}

/** The version of the configuration the gateway has found good and in force; undefined when it is another one, or says nothing. */
function versionInForce(probe: Probe): string | undefined {
  const { configEtag, appliedConfigEtag } = (probe.ok && probe.answer.response.gateway) || {};
  return configEtag === appliedConfigEtag ? configEtag : undefined;
}

/** Undefined for a gateway of a version without channels. */
async function findChannels({ channels }: GatewayClient): Promise<Channel[] | undefined> {
  try {
    return await allChannels(channels);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === unimplemented) return undefined;
    throw thrown;
  }
}

/** Whoever answers where this gateway would is another one as long as this one does not run. */
async function findOthers({ loaded }: GatewayAddress, { owner }: MachineReport): Promise<HostGateway[]> {
  const all = await findHostGateways(loaded);
  return all.filter(({ stateDir, pid, url }) => {
    return stateDir !== loaded.stateDir && (owner === undefined || (pid !== owner.pid && url !== owner.url));
  });
}
