/** One change of the files at a time, over all processes of this machine. */

import { open, readFile, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../lib/clock.ts";
import { configError } from "../config-error.ts";

const waitMs = 10;
const patienceMs = 10_000;
/** A change takes milliseconds: who holds the lock for this long is gone, whatever its process id says. */
const lifeMs = 30_000;

/**
 * Runs `work` while nobody else holds the lock called `path`; its folder must exist. Throws a ConfigError when another process
 * does not end its change. The lock of a process that died is taken over.
 */
export async function withEditLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.editing`;
  await take(lock, path);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string, path: string): Promise<void> {
  for (let waited = 0; ; waited += waitMs) {
    try {
      const file = await open(lock, "wx", 0o600);
      await file.writeFile(ownName()).finally(() => file.close());
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") {
        throw configError(
          path,
          `cannot be changed (${code})`,
          "make its folder writable for the user the gateway runs as",
        );
      }
    }
    if (await isAbandoned(lock)) await rm(lock, { force: true });
    else if (waited >= patienceMs)
      throw configError(path, "is being changed by another process", "try again when it has ended");
    else await sleep(waitMs);
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(lock, "utf8"), stat(lock)]);
    if (systemClock.nowMs() - mtimeMs > lifeMs) return true;
    const pid = Number.parseInt(text, 10);
    if (Number.isNaN(pid)) return false;
    if (pid === process.pid) return text !== ownName();
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** In a container a process may well have the id of the one before it. */
function ownName(): string {
  return `${process.pid} ${Math.round(performance.timeOrigin)}`;
}
