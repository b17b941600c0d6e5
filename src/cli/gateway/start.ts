/** `openclaw gateway start`. */

import { defineCommand } from "../command/command.ts";
import { LocalGateway, requireLocal } from "../service/local-gateway.ts";
import { describeRunning, writeRunning } from "../service/running-view.ts";
import { checkServiceConfig } from "../service/service-config.ts";

/** Longest time from the start to ready, in ms. */
const readyMs = 30_000;

/** Starts the gateway in the background. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
Starts the installed service. Where there is no service manager (containers, minimal hosts), the gateway becomes a background
process with a log file. One that runs is left alone. Exit code 0 when it is ready, 1 when it did not start or a service
would have to be installed first, 78 when the configuration is wrong.`,
  async run({ globals, terminal }) {
    requireLocal(globals.url, "gateway start");
    const local = await LocalGateway.open(globals);
    const before = await local.owner();
    if (before === undefined) {
      await checkServiceConfig(local);
      await local.supervisor.start();
    }
    const owner = await local.waitUntilReady(readyMs);
    const service = await local.supervisor.status();
    const started = before === undefined;
    if (terminal.json) terminal.document({ started, ...describeRunning(owner, service) });
    else
      writeRunning(terminal, started ? "the gateway runs" : "the gateway runs already", {
        owner,
        service,
        local,
      });
  },
});
