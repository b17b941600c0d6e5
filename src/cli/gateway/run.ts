/** `openclaw gateway run`. */

import { configError } from "../../config/config-error.ts";
import { type ManagerVariables, processSurroundings, takeManagerVariables } from "../../config/environment.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { loadConfirmed, revertUnconfirmed } from "../../config/reload/revert-unconfirmed.ts";
import { systemClock } from "../../lib/clock.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import type { Log } from "../../lib/log.ts";
import { ServiceNotifier } from "../../supervisor/systemd/service-notifier.ts";
import { defineCommand } from "../command/command.ts";
import { programVersion } from "../command/version.ts";
import { openGatewayLog } from "../logs/gateway-log.ts";
import { GatewaySignals } from "../service/gateway-signals.ts";
import { describeStarted, writeStarted } from "../service/started-view.ts";

/** Longest time it may take to tell the service manager something. */
const notifyMs = 10_000;

/** Runs the gateway until it is told to stop. */
export const command = defineCommand({
  words: [],
  options: {
    port: { kind: "number", value: "port", help: "port to listen on; 0 is any free one", min: 0, max: 65_535 },
    bind: {
      kind: "text",
      value: "mode",
      help: "who can reach it",
      choices: ["loopback", "lan", "tailnet", "auto", "custom"],
    },
    auth: {
      kind: "text",
      value: "mode",
      help: "how callers prove who they are",
      choices: ["token", "password", "none"],
    },
    verbose: { kind: "switch", help: "show every line of the log here; what is kept of it does not change" },
    "log-file": {
      kind: "text",
      value: "path",
      help: "keep the log there, and show none of it; old parts are dropped",
    },
  },
  details: `
--token and --password set the secret callers must know. Without one, the gateway makes a token and keeps it in the state
folder, where the other commands find it. Ctrl+C lets active runs end (10 s), then stops; a second Ctrl+C stops at once.
SIGUSR1 restarts it in place, unless commands.restart is false. Exit code 0 when it was told to stop.`,
  examples: ["gateway run", "gateway run --port 18790 --verbose"],
  async run({ options, globals, terminal, onInterrupt }) {
    if (globals.url !== undefined)
      throw configError("--url", "has no meaning for gateway run", "use --port and --bind");
    const managerVariables = takeManagerVariables();
    const surroundings = () => processSurroundings({ profile: globals.profile, dev: globals.dev });
    const load = (previousSecrets?: LoadedConfig["secrets"]) => loadConfig(surroundings(), { previousSecrets });
    const loaded = await loadConfirmed(load, surroundings(), systemClock);
    const { verbose, "log-file": logFile } = options;
    const log = await openGatewayLog(loaded, { verbose, logFile }, terminal);
    const manager = serviceManager(managerVariables, loaded, log);
    const signals = new GatewaySignals({
      log,
      onStop: () => {
        if (!terminal.json) terminal.note(terminal.errorColors.dim("stopping; Ctrl+C again stops at once"));
        void manager.stopping();
      },
    });
    signals.listen();
    terminal.outliveReaders();
    const { port, bind, auth } = options;
    const flags = { port, bind, auth, token: globals.token, password: globals.password };
    const { startGateway } = await import("../../gateway.ts");
    const explain = async (error: unknown): Promise<never> => {
      const { explainStartFailure } = await import("../service/start-failure.ts");
      throw await explainStartFailure(error, loaded, manager.listens);
    };
    const version = programVersion();
    const gateway = await startGateway({
      loaded,
      reload: ({ secrets }) => load(secrets),
      flags,
      version,
      log,
      onRestart: (phase, { urls }) => void (phase === "ready" ? manager.ready(readyText(urls)) : manager.reloading()),
    }).catch(async (error: unknown) => {
      const reverted = await revertUnconfirmed(loaded, systemClock, "failed");
      if (reverted !== undefined) log.error({}, reverted);
      return explain(error);
    });
    signals.attach(gateway, onInterrupt);
    const started = { version, gateway, loaded };
    if (terminal.json) terminal.record(describeStarted(started));
    else if (terminal.isTty || !(logFile ?? manager.listens)) writeStarted(terminal, started);
    else log.info(describeStarted(started), "ready");
    await manager.ready(readyText(gateway.urls));
    await gateway.stopped.catch(explain);
    manager.close();
    log.close();
    return 0;
  },
});

/** Who started this process, if that is somebody who wants to know how it is. */
function serviceManager(variables: ManagerVariables, { environment }: LoadedConfig, log: Log): ServiceNotifier {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = variables;
  return new ServiceNotifier({
    socket: NOTIFY_SOCKET,
    watchdogUsec: WATCHDOG_USEC,
    watchdogPid: WATCHDOG_PID,
    run: commandRunner({ ...environment, NOTIFY_SOCKET }, notifyMs),
    failed: (reason) => log.warn({ reason }, "systemd could not be told how the gateway is"),
  });
}

function readyText(urls: readonly string[]): string {
  return `ready at ${urls[0]}`;
}
