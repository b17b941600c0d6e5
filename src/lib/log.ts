/** Structured logs: one JSON object a line. */

import pino from "pino";

/** A place to write what happened. Fields are data, the message is a sentence; never put a secret in either. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** The same log with these fields on every line, e.g. {component: "outbox"}. */
  child(fields: object): Log;
}

/** Levels from chatty to quiet. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** A log that writes JSON lines to a file descriptor (2 is standard error), at once: nothing is lost in a crash. */
export function openLog(level: LogLevel, fileDescriptor = 2): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, pino.destination({ fd: fileDescriptor, sync: true }));
}

/** A log that drops everything. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
