/** `openclaw gateway install`. */

import { displayPath } from "../../config/environment.ts";
import type { Installation } from "../../supervisor/supervisor.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { LocalGateway, requireLocal } from "../service/local-gateway.ts";
import { describeRunning, writeRunning } from "../service/running-view.ts";
import { type CheckedConfig, checkServiceConfig } from "../service/service-config.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Longest time from the start to ready, in ms. */
const readyMs = 30_000;

/** Makes the gateway a service that starts with the machine, and starts it. */
export const command = defineCommand({
  words: [],
  options: {
    port: {
      kind: "number",
      value: "port",
      help: "port to listen on, whatever the configuration says",
      min: 1,
      max: 65_535,
    },
    memory: {
      kind: "number",
      value: "MiB",
      help: "memory of the gateway and its tools; systemd only",
      min: 256,
      max: 1_048_576,
    },
    hardened: { kind: "switch", help: "no sudo and no other rights for its tools; systemd only" },
    "no-start": { kind: "switch", help: "do not start it now" },
    print: { kind: "switch", help: "print the definition, and change nothing" },
  },
  details: `
Writes a systemd user unit or a launchd agent, named by the profile. Doing it again with other options changes them; a
running service is restarted only when its definition changed. Secrets are not written: keys and tokens that are set in this
shell only belong into .env in the state folder. For a system unit, print the definition and add User= to it.`,
  examples: ["gateway install", "--profile work gateway install --port 18809", "gateway install --print"],
  async run({ options, globals, terminal }) {
    requireLocal(globals.url, "gateway install");
    const local = await LocalGateway.open(globals, options.port);
    requireOwnPlaces(local);
    const { supervisor } = local;
    const limits = { memoryMb: options.memory, hardened: options.hardened };
    if (options.print) return terminal.write(supervisor.definition(limits));
    const checked = await checkServiceConfig(local, options.port);
    const running = await local.owner();
    const before = await supervisor.status();
    if (running !== undefined && running.pid !== before.pid) throw runsElsewhere(running.pid);
    const installed = await supervisor.install(limits);
    const hints = [...installed.hints, ...withheldHints(checked, local)];
    if (!options["no-start"]) await (installed.changed && running ? supervisor.restart() : supervisor.start());
    const owner = options["no-start"] ? undefined : await local.waitUntilReady(readyMs);
    const service = await supervisor.status();
    if (terminal.json) {
      const { file, changed } = installed;
      terminal.document({
        file,
        changed,
        hints,
        ...(owner ? describeRunning(owner, service) : { service: service.name }),
      });
      return;
    }
    writeInstalled(terminal, installed, local);
    if (owner) writeRunning(terminal, "the gateway runs", { owner, service, local });
    else terminal.tell("start it with: openclaw gateway start");
    for (const hint of hints) terminal.note(terminal.errorColors.yellow(`note: ${hint}`));
  },
});

/** A service is found by its profile: one with state elsewhere could not be told from the profile's own. */
function requireOwnPlaces({ ownPlaces, stateDir }: LocalGateway): void {
  if (ownPlaces) return;
  throw new CommandFailure(
    `a service keeps its state and configuration where its profile has them, and OPENCLAW_STATE_DIR or OPENCLAW_CONFIG_PATH says otherwise (${stateDir})`,
    "unset them, or choose a profile: openclaw --profile <name> gateway install",
  );
}

function runsElsewhere(pid: number): CommandFailure {
  return new CommandFailure(
    `a gateway runs already, as process ${pid} and not as a service`,
    "stop it first: openclaw gateway stop",
  );
}

function withheldHints({ loaded, withheld }: CheckedConfig, { stateDir, surroundings }: LocalGateway): string[] {
  const place = displayPath(`${stateDir}/.env`, surroundings.home);
  const names =
    withheld.length === 0
      ? []
      : [`${withheld.join(", ")}: set in this shell, and not for the service; put it into ${place}`];
  return [...names, ...loaded.warnings];
}

function writeInstalled(terminal: Terminal, { file, changed }: Installation, { surroundings }: LocalGateway): void {
  const short = displayPath(file, surroundings.home);
  terminal.line(changed ? `installed ${short}` : `${short} is installed already`);
}
