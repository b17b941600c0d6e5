/** `openclaw gateway stop`. */

import { displayPath } from "../../config/environment.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import { LocalGateway, namesForeignGateway } from "../service/local-gateway.ts";
import { stopForeignGateway } from "../service/stop-foreign-gateway.ts";
import { type Stopped, stopGateway } from "../service/stop-gateway.ts";

/** Tells the gateway to stop and waits until it has. */
export const command = defineCommand({
  words: [],
  options: {
    grace: { kind: "number", value: "s", help: "how long active runs may go on", min: 0, max: 300, fallback: 10 },
    reason: { kind: "text", value: "text", help: "written to its log" },
    force: { kind: "switch", help: "do not wait for runs, and end it when it does not end by itself" },
    disable: {
      kind: "switch",
      help: "a service does not start with the machine any more, until it is installed again",
    },
    "no-wait": { kind: "switch", help: "do not wait until it has stopped" },
  },
  details: `
Stops the gateway of this machine, be it a service, a background process or in another terminal; with --url the gateway
there. Runs that do not end in time go on at the next start. Exit code 0 also when no gateway runs.`,
  async run({ options, globals, terminal, link }) {
    const { force, disable } = options;
    const how = { graceSeconds: force ? 0 : options.grace, reason: options.reason ?? "", wait: !options["no-wait"] };
    const foreign = namesForeignGateway(globals.url);
    if (foreign && (force || disable)) {
      throw new UsageError(`--${force ? "force" : "disable"} is for the gateway of this machine`, "leave out --url");
    }
    const local = foreign ? undefined : await LocalGateway.open(globals);
    const stopped = local
      ? await stopGateway(local, link, { ...how, force, disable })
      : await stopForeignGateway(link, how);
    const url = stopped.url ?? (await addressOf(link, local));
    const { running, activeRuns } = stopped;
    if (terminal.json) return terminal.document({ url, running, stopped: !running || how.wait, activeRuns });
    terminal.line(sentence(stopped, url, how.wait));
  },
});

function sentence({ running, activeRuns }: Stopped, url: string, wait: boolean): string {
  if (!running) return `no gateway runs at ${url}`;
  const active = activeRuns ? ` (${activeRuns} runs were active)` : "";
  return `the gateway at ${url} ${wait ? "has stopped" : "is stopping"}${active}`;
}

/** Where it would be reached; with a configuration that says nothing about it, where it lives. */
async function addressOf(link: GatewayLink, local: LocalGateway | undefined): Promise<string> {
  try {
    return (await link.address()).url;
  } catch (error) {
    if (local === undefined) throw error;
    return displayPath(local.stateDir, local.surroundings.home);
  }
}
