/** One change of the files at a time, over all processes of this machine. */

import { randomUUID } from "node:crypto";
import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../lib/clock.ts";
import { configError } from "../config-error.ts";

/** Time limits of a lock, in ms. */
export interface LockTimes {
  /** How often it is looked whether the lock is free. */
  readonly lookMs: number;
  /** How long somebody waits for it. */
  readonly patienceMs: number;
  /** How often its holder shows to be there: a change may have to wait for a program that tells a secret. */
  readonly signMs: number;
  /** Who has not shown to be there for this long is gone, whatever its process id says. */
  readonly lifeMs: number;
}

const usualTimes: LockTimes = { lookMs: 10, patienceMs: 10_000, signMs: 5_000, lifeMs: 30_000 };

/**
 * Runs `work` while nobody else holds the lock called `path`; its folder must exist. Throws a ConfigError when another process
 * does not end its change. The lock of a process that died is taken over.
 */
export async function withEditLock<T>(path: string, work: () => Promise<T>, times = usualTimes): Promise<T> {
  const lock = `${path}.editing`;
  const name = `${ownPrefix()} ${randomUUID()}`;
  await take(lock, { name, path, times });
  const signs = setInterval(() => void showPresence(lock), times.signMs);
  signs.unref();
  try {
    return await work();
  } finally {
    clearInterval(signs);
    // A machine that slept may find it in other hands.
    if ((await readName(lock)) === name) await rm(lock, { force: true });
  }
}

interface Taking {
  readonly name: string;
  readonly path: string;
  readonly times: LockTimes;
}

async function take(lock: string, { name, path, times }: Taking): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += times.lookMs) {
    if (await create(lock, name, path)) return;
    if (await isAbandoned(lock, times.lifeMs)) await clear(lock, path, times.lifeMs);
    else if (waitedMs >= times.patienceMs)
      throw configError(path, "is being changed by another process", "try again when it has ended");
    else await sleep(times.lookMs);
  }
}

/** False when it is there already. */
async function create(lock: string, name: string, path: string): Promise<boolean> {
  try {
    const file = await open(lock, "wx", 0o600);
    await file.writeFile(name).finally(() => file.close());
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    throw configError(path, `cannot be changed (${code})`, "make its folder writable for the user the gateway runs as");
  }
}

/** Removes an abandoned lock. Of several who saw it only one does, so that nobody removes the lock of the next holder. */
async function clear(lock: string, path: string, lifeMs: number): Promise<void> {
  const guard = `${lock}.clearing`;
  if (!(await create(guard, ownPrefix(), path))) {
    if (await isAbandoned(guard, lifeMs)) await rm(guard, { force: true });
    return;
  }
  try {
    if (await isAbandoned(lock, lifeMs)) await rm(lock, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function isAbandoned(lock: string, lifeMs: number): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(lock, "utf8"), stat(lock)]);
    if (systemClock.nowMs() - mtimeMs > lifeMs) return true;
    const pid = Number.parseInt(text, 10);
    if (Number.isNaN(pid)) return false;
    if (pid === process.pid) return !text.startsWith(ownPrefix());
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

async function readName(lock: string): Promise<string | undefined> {
  return await readFile(lock, "utf8").catch(() => undefined);
}

async function showPresence(lock: string): Promise<void> {
  const now = new Date(systemClock.nowMs());
  await utimes(lock, now, now).catch(() => {});
}

/** In a container a process may well have the id of the one before it. */
function ownPrefix(): string {
  return `${process.pid} ${Math.round(performance.timeOrigin)}`;
}
