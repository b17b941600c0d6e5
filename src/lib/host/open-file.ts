/** Which process has a file open. */

import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { RunCommand } from "./run-command.ts";

/** Whether a process has a file open: "unknown" when this user may not look, or nothing on this machine can tell. */
export type OpenState = "open" | "not open" | "unknown";

/** Looks whether the process has the file open, without opening it. */
export async function lookWhetherOpen(pid: number, path: string, run: RunCommand): Promise<OpenState> {
  if (existsSync("/proc/self/fd")) return lookInProc(pid, path);
  const { code, stdout } = await run("lsof", ["-t", "-w", "--", path]);
  if (code === undefined) return "unknown";
  return stdout.split("\n").includes(String(pid)) ? "open" : "not open";
}

function lookInProc(pid: number, path: string): OpenState {
  const wanted = statSync(path, { throwIfNoEntry: false });
  if (wanted === undefined) return "not open";
  const folder = `/proc/${pid}/fd`;
  try {
    const found = readdirSync(folder).some((name) => isSame(`${folder}/${name}`, wanted, basename(path)));
    return found ? "open" : "not open";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "not open" : "unknown";
  }
}

/** The name is looked at first: following every descriptor would take longer, and could block on some. */
function isSame(link: string, wanted: { readonly dev: number; readonly ino: number }, name: string): boolean {
  try {
    if (basename(readlinkSync(link)) !== name) return false;
    const { dev, ino } = statSync(link);
    return dev === wanted.dev && ino === wanted.ino;
  } catch {
    // Closed meanwhile.
    return false;
  }
}
