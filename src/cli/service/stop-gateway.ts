/** Stopping the gateway of this machine, whatever keeps it running. */

import { signalOwner } from "../../supervisor/gateway-owner.ts";
import { CommandFailure } from "../failure-view.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import type { LocalGateway } from "./local-gateway.ts";

/** How it is stopped. */
export interface StopOptions {
  /** How long active runs may go on, in seconds. */
  readonly graceSeconds: number;
  /** Written to its log. */
  readonly reason: string;
  /** Ends it when it does not end by itself. */
  readonly force: boolean;
  /** It does not start with the machine any more. */
  readonly disable: boolean;
  /** Waits until it is gone. */
  readonly wait: boolean;
}

/** What was there to stop. */
export interface Stopped {
  readonly running: boolean;
  /** Where it was reached; undefined when it was not ready. */
  readonly url: string | undefined;
  /** Runs that were active; undefined when it could not be asked. */
  readonly activeRuns: number | undefined;
}

/** Beyond the grace it was given, a gateway has this long to end, in ms; one that is forced to has less. */
const endMs = 15_000;
const forcedEndMs = 3_000;

/** Stops it. Resolves when it is gone, or told to go without `wait`; stopping what is not there is fine. */
export async function stopGateway(local: LocalGateway, link: GatewayLink, options: StopOptions): Promise<Stopped> {
  const { supervisor } = local;
  const owner = await local.owner();
  const service = await supervisor.status();
  const kept = supervisor.manager !== "none" && service.state !== "stopped";
  if (owner === undefined && !kept && !options.disable)
    return { running: false, url: undefined, activeRuns: undefined };
  const activeRuns = owner?.url === undefined ? undefined : await drain(link, options);
  // A service is told to stop in any case: its manager would start it again.
  const wait = options.wait && !options.force;
  if (supervisor.manager !== "none") await supervisor.stop({ disable: options.disable, wait });
  if (owner === undefined) return { running: kept, url: undefined, activeRuns };
  const told = activeRuns !== undefined || (kept && service.pid === owner.pid);
  if (!told) signalOwner(owner, "SIGTERM");
  if (wait || options.force) await waitUntilGone(local, owner.pid, options);
  return { running: true, url: owner.url, activeRuns };
}

async function waitUntilGone(local: LocalGateway, pid: number, { force, graceSeconds }: StopOptions): Promise<void> {
  if (await local.isGone(pid, graceSeconds * 1_000 + (force ? forcedEndMs : endMs))) return;
  const owner = await local.owner();
  if (owner?.pid !== pid) return;
  const next = force ? undefined : "end it with: openclaw gateway stop --force";
  if (force) {
    signalOwner(owner, "SIGKILL");
    if (await local.isGone(pid, endMs)) return;
  }
  throw new CommandFailure(`process ${pid} was told to stop, and still runs`, next);
}

/** Lets runs end. How many were active; undefined when it cannot be told so: a signal has to do then. */
async function drain(link: GatewayLink, { graceSeconds, reason }: StopOptions): Promise<number | undefined> {
  try {
    const { gateway } = await link.client();
    const { activeRuns } = await gateway.shutDown({ grace: { seconds: BigInt(graceSeconds) }, reason });
    return activeRuns;
  } catch {
    return undefined;
  }
}
