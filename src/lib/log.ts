/** Structured logs, as whoever writes to one sees them. How lines are kept and shown is in lib/log/. */

/** A place to write what happened. Fields are data, the message is a sentence. What looks like a secret is made unreadable. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** The same log with these fields on every line, e.g. {component: "outbox"}. */
  child(fields: object): Log;
}

/** Levels a line can have, from chatty to quiet. */
export const lineLevels = ["debug", "info", "warn", "error"] as const;

/** Level of a line. */
export type LineLevel = (typeof lineLevels)[number];

/** The least important lines that are written; "silent" writes none. */
export type LogLevel = LineLevel | "silent";

/** 0 for debug up to 3 for error, 4 for silent. */
export function levelRank(level: LogLevel): number {
  return level === "silent" ? lineLevels.length : lineLevels.indexOf(level);
}

/** A log that drops everything. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
