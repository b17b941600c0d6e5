/** A copy of the store as it is at one moment, while it is in use. */

import { closeSync, openSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { diskFull } from "../../core/care/care-failures.ts";
import { freeBytes } from "../../lib/host/free-space.ts";
import { connectReader, sizeOf } from "../database-file.ts";
import { readLog } from "../event-store.ts";
import { schemaVersion } from "../sqlite/migrate.ts";

/** What is left free for whatever else is written meanwhile. */
const reserveBytes = 64 * 1_048_576;
const copyPattern = /^openclaw\.db\.copy-.+$/;

/** A copy. */
export interface StoreCopy {
  readonly path: string;
  readonly sizeBytes: number;
  readonly schema: number;
  readonly gatewayId: string;
  /** Removes it. */
  remove(): void;
}

/**
 * Copies the store to a file beside it: a snapshot is read, so that neither writers nor the copy wait for each other, and
 * nothing written meanwhile is in it. Undefined when there is no store. Fails with DISK_FULL. A copy that a crash left
 * behind is removed first: two must not be made at a time.
 */
export async function copyStore(stateDir: string, signal: AbortSignal): Promise<StoreCopy | undefined> {
  const path = join(stateDir, "openclaw.db");
  if (sizeOf(path) === 0) return undefined;
  for (const name of await readdir(stateDir)) if (copyPattern.test(name)) removeDatabase(join(stateDir, name));
  const needed = sizeOf(path) + sizeOf(`${path}-wal`) + reserveBytes;
  const free = await freeBytes(stateDir);
  if (free < needed) throw diskFull(stateDir, needed, free);
  const copy = `${path}.copy-${process.pid}`;
  closeSync(openSync(copy, "wx", 0o600));
  try {
    return { path: copy, ...(await copySnapshot(path, copy, signal)), remove: () => removeDatabase(copy) };
  } catch (error) {
    removeDatabase(copy);
    throw error;
  }
}

async function copySnapshot(path: string, copy: string, signal: AbortSignal) {
  const connection = connectReader(path);
  try {
    // The first read takes the snapshot, which everything after it, the copy too, then sees.
    connection.command("BEGIN");
    const { log_id: gatewayId } = readLog(connection);
    const schema = schemaVersion(connection);
    signal.throwIfAborted();
    await connection.backUp(copy);
    signal.throwIfAborted();
    return { gatewayId, schema, sizeBytes: sizeOf(copy) };
  } finally {
    connection.close();
  }
}

function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
}
