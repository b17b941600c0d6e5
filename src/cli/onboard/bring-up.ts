/** Brings the gateway up with what was written, as a service, in the background, or as it runs already. */

import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { programVersion } from "../command/version.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import type { LocalGateway } from "../service/local-gateway.ts";
import { restartGateway } from "../service/restart-gateway.ts";
import { checkServiceConfig } from "../service/service-config.ts";
import type { StartMode } from "./answers.ts";

/** Longest time from the start to ready, in ms. */
const readyMs = 60_000;
const graceSeconds = 10;

/** What is wanted. */
export interface BringUp {
  readonly mode: StartMode;
  /** Variables changed, which a gateway reads when it starts. */
  readonly renew: boolean;
  /** The way to the gateway that runs, with the credential it was started with. */
  readonly link: GatewayLink;
}

/** A gateway that is up. */
export interface Up {
  readonly owner: GatewayOwner;
  /** Sentences with what to type, about the service. */
  readonly hints: readonly string[];
}

/** Does it; undefined when nothing is to run, and nothing does. Resolves when the gateway is ready. */
export async function bringUp(local: LocalGateway, wish: BringUp): Promise<Up | undefined> {
  const before = await local.owner();
  if (wish.mode === "none" && before === undefined) return undefined;
  const hints = before === undefined && wish.mode === "service" ? await install(local) : [];
  if (before === undefined) {
    await checkServiceConfig(local);
    await local.supervisor.start();
  } else if (wish.renew) {
    const plan = { idleMs: 0, graceSeconds, force: true };
    const parts = { owner: before, plan, version: programVersion(), onPause: () => {} };
    await restartGateway(local, async () => wish.link, parts);
  }
  return { owner: await local.waitUntilReady(readyMs), hints };
}

/** Without a manager, what is started is a process in the background. */
async function install({ supervisor }: LocalGateway): Promise<readonly string[]> {
  if (supervisor.manager === "none") return [];
  return (await supervisor.install({ memoryMb: undefined, hardened: false })).hints;
}
