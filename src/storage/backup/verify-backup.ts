/** Is a backup whole, and is the store in it one that can be used? */

import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { freeBytes } from "../../lib/host/free-space.ts";
import { findProblems } from "../integrity.ts";
import { migrations } from "../migrations/migrations.ts";
import { newestVersion } from "../sqlite/migrate.ts";
import { readArchive } from "./archive-reader.ts";
import { findBlobProblems } from "./blob-check.ts";
import { BackupError, type BackupManifest, storeName } from "./manifest.ts";

/** Schema of stores this program makes. */
export function newestSchema(): number {
  return newestVersion(migrations);
}

/**
 * Reads the whole archive, compares every file with its list and every blob with its name, checks the store in it, and that no
 * blob it refers to is missing. Resolves with the list; throws a BackupError that says what is wrong. Needs room for the store
 * in the temporary folder.
 */
export async function verifyBackup(path: string, signal?: AbortSignal): Promise<BackupManifest> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-verify-"));
  const store = join(folder, "openclaw.db");
  try {
    let hasStore = false;
    const manifest = await readArchive(path, newestSchema(), {
      file: async (file) => {
        signal?.throwIfAborted();
        if (file.path !== storeName) {
          for await (const _ of file.bytes) signal?.throwIfAborted();
          return;
        }
        hasStore = true;
        await requireRoom(folder, file.size);
        await pipeline(Readable.from(file.bytes), createWriteStream(store, { flags: "wx", mode: 0o600 }));
      },
    });
    if (hasStore) await checkStore(path, store, signal);
    refuseLost(path, await findBlobProblems(manifest, hasStore ? store : undefined, signal));
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Throws a BackupError when the store that came out of the archive at `path` is not what it should be. */
export async function checkStore(path: string, store: string, signal?: AbortSignal): Promise<void> {
  const [problem] = await findProblems(store, signal);
  if (problem !== undefined) throw new BackupError(`the store in ${path} is damaged (${problem}); use another backup`);
}

function refuseLost(path: string, [problem, ...more]: readonly string[]): void {
  if (problem === undefined) return;
  const others = more.length === 0 ? "" : `, and ${more.length} more are`;
  throw new BackupError(`${path} is not whole: ${problem}${others}; it can be restored without, or use another backup`);
}

/** Throws a BackupError when the disk of `folder` cannot take `bytes` more. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= bytes) return;
  const mib = (count: number): string => `${Math.ceil(count / 1_048_576)} MiB`;
  throw new BackupError(`the disk of ${folder} has ${mib(free)} free and ${mib(bytes)} are needed; free some space`);
}
