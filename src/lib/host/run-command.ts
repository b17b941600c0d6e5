/** Running other programs to their end. */

import { execFile } from "node:child_process";

/** How a program ended. */
export interface CommandResult {
  /** Its exit code; undefined when it could not be started, or a signal or the time limit ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program, found on the PATH or by an absolute path, without a shell. Never rejects. */
export type RunCommand = (program: string, args: readonly string[]) => Promise<CommandResult>;

/** Environment variables by name. */
type Variables = Readonly<Record<string, string | undefined>>;

/** Most a program may write, in bytes. */
const maxBuffer = 16 * 1024 * 1024;

/** Runs programs with exactly these variables, in English (their words are read by programs), for at most `timeout` ms each. */
export function commandRunner(environment: Variables, timeout: number): RunCommand {
  const env = { ...environment, LC_ALL: "C" };
  return (program, args) =>
    new Promise((resolve) => {
      execFile(program, [...args], { env, timeout, maxBuffer }, (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else resolve({ code: typeof error.code === "number" ? error.code : undefined, stdout, stderr });
      });
    });
}
