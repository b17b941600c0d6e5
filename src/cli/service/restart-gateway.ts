/** Restarting the gateway of this machine: in place where that is enough, else another process takes its place. */

import { setTimeout as sleep } from "node:timers/promises";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { GatewayClient } from "../../client/client.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { CommandFailure } from "../failure-view.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import { troubleOf } from "../link/trouble.ts";
import { unixMs } from "../terminal/moment.ts";
import type { LocalGateway } from "./local-gateway.ts";
import { stopGateway } from "./stop-gateway.ts";

/** How much a restart waits for active runs; they go on afterwards in any case. */
export interface RestartPlan {
  /** Before it begins, for a moment without active runs: this long at most, in ms. New runs start meanwhile. */
  readonly idleMs: number;
  /** Once it has begun and no run starts any more, in seconds. */
  readonly graceSeconds: number;
  /** Wait for nothing, not even for the pause between two restarts. */
  readonly force: boolean;
}

/** What is restarted, and how. */
export interface RestartParts {
  /** The gateway that runs. */
  readonly owner: GatewayOwner;
  readonly plan: RestartPlan;
  /** Version of this program: a gateway of another one is replaced. */
  readonly version: string;
  /** Told when it will be a while until it begins, in ms. */
  readonly onPause: (pauseMs: number) => void;
}

/** How it was done. */
export interface Restarted {
  /** True: the same process goes on. False: another one was started; it may not be ready yet. */
  readonly inPlace: boolean;
}

/** How often it is looked whether the gateway is back, and whether runs are active, in ms. */
const times = { backMs: 20, idleMs: 500 };

/** Longest time from the end of the drain to ready, in ms. */
const readyMs = 60_000;

/** Longest time from leaving one address to being ready at another, in ms. */
const movedMs = 5_000;

/** A pause that is worth a word, in ms. */
const notablePauseMs = 1_000;

/** Restarts the gateway that runs. Fails when it will not come back in place, with the reason: it goes on as it was then. */
export async function restartGateway(
  local: LocalGateway,
  openLink: () => Promise<GatewayLink>,
  parts: RestartParts,
): Promise<Restarted> {
  const { owner, link, runs } = await findRunning(local, openLink, parts.owner);
  const client = await link.client();
  if (runs !== parts.version) {
    await waitUntilIdle(client, parts.plan.idleMs);
    await restartByStopAndStart(local, link, { owner, graceSeconds: parts.plan.graceSeconds });
    return { inPlace: false };
  }
  try {
    await restartInPlace(local, client, { ...parts, owner });
    return { inPlace: true };
  } catch (thrown) {
    const moved = troubleOf(thrown) === "refused" ? await movedFrom(local, owner) : undefined;
    if (moved === undefined) throw thrown;
    return restartGateway(local, openLink, { ...parts, owner: moved });
  }
}

/** Resolves when it is back. */
async function restartInPlace(
  local: LocalGateway,
  client: GatewayClient,
  { owner, plan, onPause }: RestartParts,
): Promise<void> {
  const { graceSeconds, idleMs, force } = plan;
  const { beginTime } = await client.gateway.shutDown({
    restart: true,
    reason: "openclaw gateway restart",
    grace: { seconds: BigInt(graceSeconds) },
    wait: idleMs === 0 ? undefined : durationFromMs(Number.isFinite(idleMs) ? idleMs : 0),
    force,
  });
  const pauseMs = beginTime === undefined ? 0 : unixMs(beginTime) - Date.now();
  if (pauseMs >= notablePauseMs) onPause(pauseMs);
  const patienceMs = Math.max(0, pauseMs) + idleMs + graceSeconds * 1_000 + readyMs;
  await waitUntilBack(local, client, { owner, patienceMs });
}

/** Who is there instead, once that is known: a gateway says where it went when it is ready there. Undefined when nobody is. */
async function movedFrom(local: LocalGateway, before: GatewayOwner): Promise<GatewayOwner | undefined> {
  const endMs = performance.now() + movedMs;
  for (;;) {
    const owner = await local.owner();
    if (owner === undefined || !isSame(owner, before)) return owner;
    if (performance.now() > endMs) return undefined;
    await sleep(times.backMs);
  }
}

/** A gateway, the way to it, and the version it runs; undefined when it does not answer, or not to this caller. */
interface Running {
  readonly owner: GatewayOwner;
  readonly link: GatewayLink;
  readonly runs: string | undefined;
}

/** It may be restarting to another address just now, because its configuration was changed: then it is looked for there. */
async function findRunning(
  local: LocalGateway,
  openLink: () => Promise<GatewayLink>,
  before: GatewayOwner,
): Promise<Running> {
  const link = await openLink();
  const runs = await runningVersion(await link.client());
  const owner = (await local.owner()) ?? before;
  if (isSame(owner, before)) return { owner, link, runs };
  return findRunning(local, openLink, owner);
}

function isSame(one: GatewayOwner, other: GatewayOwner): boolean {
  return one.pid === other.pid && one.startTimeMs === other.startTimeMs;
}

async function runningVersion({ gateway: service }: GatewayClient): Promise<string | undefined> {
  try {
    return (await service.getGateway({})).gateway?.version;
  } catch {
    return undefined;
  }
}

/** Resolves when the gateway has restarted, or somebody else is in its place. Fails when it says that it will not. */
async function waitUntilBack(
  local: LocalGateway,
  client: GatewayClient,
  { owner, patienceMs }: { readonly owner: GatewayOwner; readonly patienceMs: number },
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const now = await local.owner();
    if (now === undefined) {
      const { logs } = await local.supervisor.status();
      throw new CommandFailure(`process ${owner.pid} ended instead of restarting`, `see: ${logs}`);
    }
    const back = !isSame(now, owner);
    const refusal = await refusalOf(client);
    if (back && refusal === undefined) return;
    if (refusal !== undefined) throw new CommandFailure(`the gateway did not restart: ${refusal}`);
    if (performance.now() > endMs) {
      throw new CommandFailure(`process ${owner.pid} has not restarted yet`, "see: openclaw gateway status");
    }
    await sleep(times.backMs);
  }
}

/** Why the restart did not happen; undefined while it is due, and when it has happened. */
async function refusalOf({ gateway: service }: GatewayClient): Promise<string | undefined> {
  try {
    const { gateway } = await service.getGateway({});
    return gateway?.restartReason === "" && gateway.restartRefusal !== "" ? gateway.restartRefusal : undefined;
  } catch {
    return undefined;
  }
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
async function waitUntilIdle({ gateway: service }: GatewayClient, patienceMs: number): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (performance.now() < endMs) {
    const activeRuns = await service.getGateway({}).then(
      ({ gateway }) => gateway?.activeRuns,
      () => undefined,
    );
    if (!activeRuns) return;
    await sleep(times.idleMs);
  }
}
