/** Restarting the gateway of this machine. */

import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { CommandFailure } from "../failure-view.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import type { LocalGateway } from "./local-gateway.ts";
import { stopGateway } from "./stop-gateway.ts";

/** How much a restart waits for active runs; they go on afterwards in any case. */
export interface RestartPlan {
  /** Before it begins, until no run is active: this long at most, in ms. New runs start meanwhile. */
  readonly idleMs: number;
  /** Once it has begun and no run starts any more, in seconds. */
  readonly graceSeconds: number;
}

/** How often it is looked whether runs are active. */
const lookMs = 500;

/** Restarts the gateway that runs. Resolves when it has been started again; it may not be ready yet. */
export async function restartGateway(
  local: LocalGateway,
  link: GatewayLink,
  { owner, plan }: { readonly owner: GatewayOwner; readonly plan: RestartPlan },
): Promise<void> {
  await waitUntilIdle(link, plan.idleMs);
  await restartByStopAndStart(local, link, { owner, graceSeconds: plan.graceSeconds });
}

/** The process ends and another one takes its place, which runs the program as it is installed now. */
async function restartByStopAndStart(
  local: LocalGateway,
  link: GatewayLink,
  { owner, graceSeconds }: { readonly owner: GatewayOwner; readonly graceSeconds: number },
): Promise<void> {
  const { supervisor } = local;
  const service = await supervisor.status();
  if (supervisor.manager !== "none" && service.pid !== owner.pid) {
    throw new CommandFailure(
      `the gateway is process ${owner.pid} and not a service: it would not come back where it runs now`,
      "stop it with: openclaw gateway stop, then start it again",
    );
  }
  await stopGateway(local, link, { graceSeconds, reason: "restart", force: false, disable: false, wait: true });
  await supervisor.start();
}

/** A gateway that cannot be asked has nothing to wait for. */
async function waitUntilIdle(link: GatewayLink, patienceMs: number): Promise<void> {
  const endMs = performance.now() + patienceMs;
  const client = await link.client();
  while (performance.now() < endMs) {
    const { gateway } = await client.gateway.getGateway({});
    if (!gateway?.activeRuns) return;
    await sleep(lookMs);
  }
}
