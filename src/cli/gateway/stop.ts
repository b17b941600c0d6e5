/** `openclaw gateway stop`. */

import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import { GatewayUnreachable } from "../link/gateway-unreachable.ts";

const pollMs = 50;

/** Tells the gateway to stop and waits until it has. */
export const command = defineCommand({
  words: [],
  options: {
    grace: { kind: "number", value: "s", help: "how long active runs may go on", min: 0, max: 300, fallback: 10 },
    reason: { kind: "text", value: "text", help: "written to its log" },
    "no-wait": { kind: "switch", help: "do not wait until it has stopped" },
  },
  details: `
Runs that do not end in time go on at the next start. Exit code 0 also when no gateway runs.`,
  async run({ options, terminal, link }) {
    const { url } = await link.address();
    const told = await shutDown(link, options);
    const running = told !== undefined;
    if (running && !options["no-wait"]) await waitUntilGone(link, options.grace);
    if (terminal.json) return terminal.document({ url, running, stopped: !running || !options["no-wait"], ...told });
    if (!running) return terminal.line(`no gateway runs at ${url}`);
    const active = told.activeRuns > 0 ? ` (${told.activeRuns} runs were active)` : "";
    terminal.line(`the gateway at ${url} ${options["no-wait"] ? "is stopping" : "has stopped"}${active}`);
  },
});

/** Undefined when there is nobody to tell. */
async function shutDown(
  link: GatewayLink,
  options: { readonly grace: number; readonly reason: string | undefined },
): Promise<{ activeRuns: number } | undefined> {
  try {
    const request = { grace: `${options.grace}s`, reason: options.reason ?? "" };
    const { activeRuns = 0 } = await link.calls.gateway.shutDown(request);
    return { activeRuns };
  } catch (thrown) {
    if (thrown instanceof GatewayUnreachable && thrown.code === "ECONNREFUSED") return undefined;
    throw thrown;
  }
}

/** It is gone when nobody listens any more. */
async function waitUntilGone(link: GatewayLink, graceSeconds: number): Promise<void> {
  const { url } = await link.address();
  const patienceMs = graceSeconds * 1000 + 10_000;
  const startMs = performance.now();
  while (performance.now() - startMs < patienceMs) {
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
