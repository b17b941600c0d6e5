/** `openclaw gateway uninstall`. */

import { displayPath } from "../../config/environment.ts";
import { defineCommand } from "../command/command.ts";
import { LocalGateway, requireLocal } from "../service/local-gateway.ts";

/** Stops the service and removes it. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
Configuration and state stay where they are. Exit code 0 also when there is no service.`,
  async run({ globals, terminal }) {
    requireLocal(globals.url, "gateway uninstall");
    const { supervisor, ownPlaces, stateDir, surroundings } = await LocalGateway.open(globals);
    const { name } = await supervisor.status();
    const removed = ownPlaces && (await supervisor.uninstall());
    if (terminal.json) return terminal.document({ removed, service: name || undefined, stateDir });
    if (!removed) return terminal.line("no service is installed");
    terminal.line(`removed ${name}; everything it knows is still in ${displayPath(stateDir, surroundings.home)}`);
  },
});
