/**
 * Which process is the gateway of a state directory. The gateway names itself beside its lock; it is believed when it has
 * that lock open, so neither a file a crash left behind nor a number another process got since can mislead.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lookWhetherOpen } from "../lib/host/open-file.ts";
import type { RunCommand } from "../lib/host/run-command.ts";
import { ServiceError } from "./service-error.ts";

/** The gateway that runs. */
export interface GatewayOwner {
  readonly pid: number;
  /** When it started, ms since the epoch. */
  readonly startTimeMs: number;
  /** Where it can be reached from this machine; undefined until it is ready. */
  readonly url: string | undefined;
  /** Absolute path of its log's file, "YYYY-MM-DD" for the day; undefined when it keeps none, or does not say. */
  readonly log?: string | undefined;
  /** False when this user may not look whether it is the one: another user's. It must not be signalled then. */
  readonly verified: boolean;
}

/** The gateway that has the state directory now; undefined when none has. */
export async function findOwner(stateDir: string, run: RunCommand): Promise<GatewayOwner | undefined> {
  const named = readNamed(join(stateDir, "gateway.lock.json"));
  if (named === undefined) return undefined;
  const state = await lookWhetherOpen(named.pid, join(stateDir, "gateway.lock"), run);
  return state === "not open" ? undefined : { ...named, verified: state === "open" };
}

/** Signals the gateway, and nobody else. Throws a ServiceError when it belongs to another user. */
export function signalOwner({ pid, verified }: GatewayOwner, signal: NodeJS.Signals): void {
  const foreign = (): ServiceError =>
    new ServiceError(`the gateway is process ${pid} of another user`, "stop it as that user");
  if (!verified) throw foreign();
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") throw foreign();
    if (code !== "ESRCH") throw error;
  }
}

function readNamed(path: string): Omit<GatewayOwner, "verified"> | undefined {
  try {
    const { pid, startTimeMs, url, log } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    if (!Number.isSafeInteger(pid) || Number(pid) <= 0 || typeof startTimeMs !== "number") return undefined;
    const place = { url: typeof url === "string" ? url : undefined, ...(typeof log === "string" && { log }) };
    return { pid: Number(pid), startTimeMs, ...place };
  } catch {
    return undefined;
  }
}
