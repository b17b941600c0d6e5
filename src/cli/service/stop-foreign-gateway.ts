/** Stopping a gateway that may be anywhere: over the wire, and it is gone when nobody listens any more. */

import { CommandFailure } from "../failure-view.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import { troubleOf } from "../link/trouble.ts";
import type { StopOptions, Stopped } from "./stop-gateway.ts";

const pollMs = 50;
/** Beyond the grace it was given, a gateway has this long to end, in ms. */
const endMs = 10_000;

/** Stops it. Resolves when it is gone, or told to go without `wait`; stopping what is not there is fine. */
export async function stopForeignGateway(
  link: GatewayLink,
  { graceSeconds, reason, wait }: Omit<StopOptions, "force" | "disable">,
): Promise<Stopped> {
  const { url } = await link.address();
  try {
    const { gateway } = await link.client();
    const { activeRuns } = await gateway.shutDown({ grace: { seconds: BigInt(graceSeconds) }, reason });
    if (wait) await waitUntilSilent(url, graceSeconds * 1_000 + endMs);
    return { running: true, url, activeRuns };
  } catch (thrown) {
    if (troubleOf(thrown) !== "refused") throw thrown;
    return { running: false, url, activeRuns: undefined };
  }
}

async function waitUntilSilent(url: string, patienceMs: number): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (performance.now() < untilMs) {
    if (!(await listens(new URL(url)))) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new CommandFailure(`the gateway at ${url} was told to stop, and still runs`, "see: openclaw gateway status");
}

function listens({ hostname, port, protocol }: URL): Promise<boolean> {
  const { connect } = process.getBuiltinModule("node:net");
  return new Promise((resolve) => {
    const socket = connect(Number(port || (protocol === "https:" ? 443 : 80)), hostname.replace(/^\[|\]$/g, ""));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
