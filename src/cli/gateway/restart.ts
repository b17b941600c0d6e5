/** `openclaw gateway restart`. */

import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { defineCommand, type OptionValues } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { programVersion } from "../command/version.ts";
import { GatewayLink, type LinkOptions } from "../link/gateway-link.ts";
import { ownAddress } from "../link/probe-addresses.ts";
import { parseDuration } from "../service/duration.ts";
import { LocalGateway, requireLocal } from "../service/local-gateway.ts";
import { type Restarted, type RestartPlan, restartGateway } from "../service/restart-gateway.ts";
import { describeRunning, writeRunning } from "../service/running-view.ts";
import { checkServiceConfig } from "../service/service-config.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Longest time from the start to ready, in ms. */
const readyMs = 60_000;

/** Longest grace a gateway takes, and the usual one, in seconds. */
const longestGrace = 300;
const usualGrace = 10;

const restartOptions = {
  safe: { kind: "switch", help: "let active runs end, for at most 5 minutes" },
  "skip-deferral": { kind: "switch", help: "with --safe: give runs 10 s only" },
  wait: { kind: "text", value: "duration", help: "let active runs end for this long: 30s, 5m, 1h; 0 is for ever" },
  force: { kind: "switch", help: "wait for nothing: no run, and no pause after another restart" },
} as const;

/** Restarts the gateway, or starts it when it does not run. */
export const command = defineCommand({
  words: [],
  options: restartOptions,
  details: `
The gateway takes its configuration into use anew. The process and its port stay: calls that come meanwhile wait for a moment,
streams resume. A gateway of another version than this program is replaced by a new process.
The configuration is checked first: a wrong one changes nothing. Active runs get 10 s to end; those that do not, go on after
the restart. Within 30 s of another restart it waits. Exit code 0 when it is ready again, 78 when the configuration is wrong.`,
  examples: ["gateway restart", "gateway restart --safe", "gateway restart --wait 30m"],
  async run({ options, globals, terminal }) {
    requireLocal(globals.url, "gateway restart");
    const plan = planOf(options);
    const local = await LocalGateway.open(globals);
    await checkServiceConfig(local);
    const before = await local.owner();
    if (before === undefined) await local.supervisor.start();
    const restarted = before && (await restart({ local, globals, terminal, before, plan }));
    const owner = await local.waitUntilReady(readyMs, before);
    const service = await local.supervisor.status();
    const facts = {
      restarted: before !== undefined,
      started: before === undefined,
      inPlace: restarted?.inPlace ?? false,
    };
    if (terminal.json) terminal.document({ ...facts, ...describeRunning(owner, service) });
    else writeRunning(terminal, sentence(restarted), { owner, service, local });
  },
});

interface RestartStep {
  readonly local: LocalGateway;
  readonly globals: LinkOptions;
  readonly terminal: Terminal;
  readonly before: GatewayOwner;
  readonly plan: RestartPlan;
}

async function restart({ local, globals, terminal, before, plan }: RestartStep): Promise<Restarted> {
  const openLink = async (): Promise<GatewayLink> => new GatewayLink(globals, await ownAddress(globals));
  const onPause = (pauseMs: number): void =>
    terminal.note(
      `it restarted a moment ago and does so again in ${Math.ceil(pauseMs / 1_000)} s; --force does it now`,
    );
  return restartGateway(local, openLink, { owner: before, plan, version: programVersion(), onPause });
}

function sentence(restarted: Restarted | undefined): string {
  if (restarted === undefined) return "the gateway runs";
  return restarted.inPlace ? "the gateway has restarted, in place" : "the gateway was restarted";
}

/** Throws a UsageError for options that contradict each other. */
function planOf(options: OptionValues<typeof restartOptions>): RestartPlan {
  const { safe, wait, force, "skip-deferral": skip } = options;
  const ways = [safe && "--safe", wait !== undefined && "--wait", force && "--force"].filter(Boolean);
  if (ways.length > 1) throw new UsageError(`${ways.join(" and ")} contradict each other`, "leave one of them out");
  if (skip && !safe) throw new UsageError("--skip-deferral needs --safe", "see: openclaw gateway restart --help");
  if (wait !== undefined) return waitPlan(wait);
  return { idleMs: 0, graceSeconds: force ? 0 : safe && !skip ? longestGrace : usualGrace, force };
}

/** A gateway drains for five minutes at most: longer waits come before it begins. */
function waitPlan(text: string): RestartPlan {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new UsageError(`--wait is "${text}"`, "give a length of time: 30s, 5m, 1h, or 0 for ever");
  if (ms === 0) return { idleMs: Number.POSITIVE_INFINITY, graceSeconds: usualGrace, force: false };
  const seconds = Math.ceil(ms / 1_000);
  return seconds <= longestGrace
    ? { idleMs: 0, graceSeconds: seconds, force: false }
    : { idleMs: ms - longestGrace * 1_000, graceSeconds: longestGrace, force: false };
}
