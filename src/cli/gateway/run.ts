/** `openclaw gateway run`. */

import { configError } from "../../config/config-error.ts";
import { displayPath, processSurroundings, readVariable } from "../../config/environment.ts";
import { tokenPath } from "../../config/gateway/gateway-token.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import type { Gateway } from "../../gateway.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import type { Log } from "../../lib/log.ts";
import { ServiceNotifier } from "../../supervisor/systemd/service-notifier.ts";
import { defineCommand } from "../command/command.ts";
import { openGatewayLog } from "../logs/gateway-log.ts";
import { programName } from "../program-name.ts";
import { writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { programVersion } from "../version.ts";

/** How long active runs may go on when the gateway is told to stop. */
const graceMs = 10_000;

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
Exit code 0 when it was told to stop.`,
  examples: ["gateway run", "gateway run --port 18790 --verbose"],
  async run({ options, globals, terminal, onInterrupt }) {
    if (globals.url !== undefined)
      throw configError("--url", "has no meaning for gateway run", "use --port and --bind");
    const loaded = await loadConfig(processSurroundings({ profile: globals.profile, dev: globals.dev }));
    const { verbose, "log-file": logFile } = options;
    const log = await openGatewayLog(loaded, { verbose, logFile }, terminal);
    const { port, bind, auth } = options;
    const flags = { port, bind, auth, token: globals.token, password: globals.password };
    const { startGateway } = await import("../../gateway.ts");
    const version = programVersion();
    const gateway = await startGateway({ loaded, flags, version, log }).catch(async (error: unknown) => {
      const { explainStartFailure } = await import("../service/start-failure.ts");
      throw await explainStartFailure(error, loaded);
    });
    const manager = serviceManager(loaded, log);
    const stop = (signal: string) => (): void => {
      if (stopping) process.exit(130);
      stopping = true;
      if (!terminal.json) terminal.note(terminal.errorColors.dim("stopping; Ctrl+C again stops at once"));
      void manager.stopping();
      void gateway.stop(graceMs, `told to stop by ${signal}`);
    };
    let stopping = false;
    onInterrupt(stop("SIGINT"));
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, stop(signal));
    if (terminal.json) terminal.record(facts(gateway, loaded, version));
    else if (terminal.isTty || !(logFile ?? manager.listens)) writeBanner(terminal, gateway, { loaded, version });
    else log.info(facts(gateway, loaded, version), "ready");
    await manager.ready(`ready at ${gateway.urls[0]}`);
    await gateway.stopped;
    manager.close();
    log.close();
    return 0;
  },
});

/** Who started this process, if that is somebody who wants to know how it is. */
function serviceManager({ environment }: LoadedConfig, log: Log): ServiceNotifier {
  return new ServiceNotifier({
    socket: readVariable(environment, "NOTIFY_SOCKET"),
    watchdogUsec: readVariable(environment, "WATCHDOG_USEC"),
    watchdogPid: readVariable(environment, "WATCHDOG_PID"),
    run: commandRunner(environment, notifyMs),
    failed: (reason) => log.warn({ reason }, "systemd could not be told how the gateway is"),
  });
}

function facts({ urls, resolved, certificate }: Gateway, { stateDir, path, exists }: LoadedConfig, version: string) {
  return {
    version,
    pid: process.pid,
    urls,
    stateDir,
    configPath: path,
    configExists: exists,
    authMode: resolved.auth.mode,
    credentialSource: credentialPlace(resolved.auth.source, stateDir),
    certificateFingerprint: certificate?.fingerprint,
  };
}

function writeBanner(
  terminal: Terminal,
  { urls, resolved, certificate }: Gateway,
  { loaded, version }: { loaded: LoadedConfig; version: string },
): void {
  const { bold, green } = terminal.colors;
  const short = (path: string): string => displayPath(path, loaded.home);
  const { auth } = resolved;
  terminal.line(`${bold(`OpenClaw Gateway ${version}`)} ${green("is ready")}`);
  writePairs(terminal, [
    ["url", urls.join("  ")],
    ["certificate", certificate && `SHA-256 ${certificate.fingerprint}`],
    ["state", short(loaded.stateDir)],
    ["config", `${short(loaded.path)}${loaded.exists ? "" : " (not there; defaults)"}`],
    [
      auth.mode === "none" ? "auth" : auth.mode,
      authText(auth.mode, short(credentialPlace(auth.source, loaded.stateDir))),
    ],
  ]);
  terminal.line("", `in another terminal:  ${bold(`${programName()} agent -m "hello"`)}`, "stop with Ctrl+C");
}

function authText(mode: string, place: string): string {
  return mode === "none" ? "none: every program on this machine may call" : `in ${place}`;
}

/** A secret in the state folder is named by its file. */
function credentialPlace(source: string, stateDir: string): string {
  return source === "gateway.token" ? tokenPath(stateDir) : source;
}
