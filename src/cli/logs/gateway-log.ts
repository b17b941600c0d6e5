/** The log of `openclaw gateway run`. */

import { expandPath } from "../../config/environment.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { logFilePath } from "../../config/log-path.ts";
import { secretValues } from "../../config/secrets/secret-values.ts";
import { systemClock } from "../../lib/clock.ts";
import { type JsonLog, openLog, type ShownOptions } from "../../lib/log/json-log.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { prettyRecord } from "./record-view.ts";

/** What the command line says about the log. */
export interface LogFlags {
  /** Show everything. */
  readonly verbose: boolean;
  /** Keep lines there and show none. */
  readonly logFile: string | undefined;
}

/** Opens it: a file, and standard error unless `--log-file` is given. It knows the secrets of the configuration. */
export async function openGatewayLog(loaded: LoadedConfig, flags: LogFlags, terminal: Terminal): Promise<JsonLog> {
  const { level, consoleLevel = level, maxFileBytes, maxFiles } = loaded.config.logging;
  const { logFile, verbose } = flags;
  const path = logFile === undefined ? logFilePath(loaded) : expandPath(logFile, process.cwd(), loaded.home);
  const screen = { level: verbose ? "debug" : consoleLevel, fixed: verbose, ...screenOf(terminal) } as const;
  const shown = logFile === undefined ? screen : undefined;
  const file = { path, maxFileBytes, maxFiles };
  const log = await openLog({ level, file, shown, component: "gateway", clock: systemClock });
  log.redactor.add(secretValues(loaded));
  return log;
}

function screenOf(terminal: Terminal): Omit<ShownOptions, "level" | "fixed"> {
  if (!terminal.errorIsTty) return { fileDescriptor: 2 };
  const paint = terminal.errorColors;
  return { fileDescriptor: 2, format: (record) => prettyRecord(record, paint) };
}
