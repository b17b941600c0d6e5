/** Which process listens on a TCP port of this machine. */

import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import type { RunCommand } from "./run-command.ts";

/** A process that listens. */
export interface PortHolder {
  readonly pid: number;
  /** What it runs, without folders and arguments, which may hold secrets: "nginx", "node main.js"; empty when that is not known. */
  readonly name: string;
}

/** Hexadecimal state of a listening socket in /proc/net/tcp. */
const listening = "0A";

/** Who listens on the port, at any address; undefined when nobody does or this user may not see it. */
export async function findPortHolder(port: number, run: RunCommand): Promise<PortHolder | undefined> {
  if (existsSync("/proc/net/tcp")) return findInProc(port);
  const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]);
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), name: /^c(.*)$/m.exec(stdout)?.[1] ?? "" };
}

function findInProc(port: number): PortHolder | undefined {
  const sockets = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeningSockets(table, port)));
  if (sockets.size === 0) return undefined;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => holdsAny(candidate, sockets));
  return pid === undefined ? undefined : { pid: Number(pid), name: programName(pid) };
}

/** What /proc/<pid>/fd calls the sockets: "socket:[12345]". */
function listeningSockets(table: string, port: number): string[] {
  if (!existsSync(table)) return [];
  const lines = readFileSync(table, "utf8").split("\n").slice(1);
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const itsPort = Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16);
    return state === listening && itsPort === port ? [`socket:[${inode}]`] : [];
  });
}

function holdsAny(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((name) => sockets.has(linkTarget(`/proc/${pid}/fd/${name}`)));
  } catch {
    // Gone meanwhile, or another user's.
    return false;
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** The program and the script it runs, without their folders and without arguments: "node main.js". */
function programName(pid: string): string {
  try {
    const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const script = args.find((word) => !word.startsWith("-"));
    const isInterpreter = /^(node|bun|deno|python|ruby|perl|java)[\d.]*$/.test(basename(program));
    return [program, isInterpreter ? script : undefined].flatMap((path) => (path ? [basename(path)] : [])).join(" ");
  } catch {
    return "";
  }
}
