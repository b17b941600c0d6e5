/** Are the blobs of a backup what the store in it says? */

import { queryOffThread } from "../sqlite/off-thread.ts";
import type { BackupFile, BackupManifest } from "./manifest.ts";

/** A blob is named by the hash of its bytes. */
const blobPattern = /^state\/blobs\/[0-9a-f]{2}\/([0-9a-f]{64})$/;

/** Most that are told one by one. */
const mostTold = 10;

/** The blobs among the files of an archive. */
function blobsIn(manifest: Pick<BackupManifest, "files">): (BackupFile & { readonly hash: string })[] {
  return manifest.files.flatMap((file) => {
    const hash = blobPattern.exec(file.path)?.[1];
    return hash === undefined ? [] : [{ ...file, hash }];
  });
}

/**
 * What is wrong with them, a sentence each: bytes that were not those of the blob any more when the backup was made, and
 * blobs that something in the store (a path; undefined when the archive has none) refers to and the archive does not have.
 * The list of the archive must have been compared with its files. Everything else can be used all the same.
 */
export async function findBlobProblems(
  manifest: Pick<BackupManifest, "files">,
  store: string | undefined,
  signal?: AbortSignal,
): Promise<string[]> {
  const blobs = blobsIn(manifest);
  const held = new Set(blobs.map(({ hash }) => hash));
  const damaged = blobs.filter(({ hash, sha256 }) => hash !== sha256).map(({ hash }) => hash);
  const wanted = store === undefined ? [] : await readReferences(store, signal);
  const missing = wanted.filter((hash) => !held.has(hash));
  return [
    ...told(damaged, "was damaged already when the backup was made"),
    ...told(missing, "is missing, and messages or deliveries refer to it"),
  ];
}

function told(hashes: readonly string[], what: string): string[] {
  const more = hashes.length - mostTold;
  const sentences = hashes.slice(0, mostTold).map((hash) => `the file blobs/${hash} ${what}`);
  return more > 0 ? [...sentences, `and ${more} more: each of them ${what}`] : sentences;
}

/** A store that is older than blobs has no such table, and nothing refers to any. */
async function readReferences(store: string, signal: AbortSignal | undefined): Promise<string[]> {
  const table = "SELECT 1 FROM sqlite_schema WHERE name = 'blob_references'";
  const hashes = "SELECT DISTINCT hash FROM blob_references";
  const [tables, result] = await queryOffThread(store, [table, hashes], { signal });
  if (tables === undefined || !("rows" in tables) || tables.rows.length === 0) return [];
  if (result === undefined || !("rows" in result)) throw new Error(result?.problem ?? "the store could not be read");
  return result.rows.map(({ hash }) => String(hash));
}
