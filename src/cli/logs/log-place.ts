/** Where the log of this machine's gateway is. */

import { statSync } from "node:fs";
import type { LoadedConfig } from "../../config/load-config.ts";
import { logFilePath } from "../../config/log-path.ts";
import { logFiles } from "../../lib/log/log-file.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { logPath, type ServiceState } from "../../supervisor/supervisor.ts";

/**
 * The files, newest first; none when nothing was ever written. A gateway in the background has a file of its own: whichever
 * was written to last is the one of the gateway that runs, or ran.
 */
export function newestLog(loaded: LoadedConfig): readonly string[] {
  const places = [logFiles(logFilePath(loaded)), logFiles(logPath(loaded.stateDir))];
  return places.sort((a, b) => changedMs(b[0]) - changedMs(a[0]))[0] ?? [];
}

/**
 * Where the log of a gateway that runs is: a path, or the command of the manager whose service it is; undefined when neither
 * of them says.
 */
export function runningLog({ pid, log }: GatewayOwner, service: ServiceState | undefined): string | undefined {
  if (service !== undefined && service.manager !== "none" && service.pid === pid) return service.logs;
  return log === undefined ? undefined : (logFiles(log)[0] ?? log);
}

function changedMs(path: string | undefined): number {
  return path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}
