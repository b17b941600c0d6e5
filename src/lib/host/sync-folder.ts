/** Names that survive a power cut. */

import { type FileHandle, open } from "node:fs/promises";

/** What file systems say that have no such thing. */
const unknownHere = new Set(["EACCES", "EINVAL", "EISDIR", "ENOTSUP", "EPERM"]);

/**
 * What was made, renamed or removed in the folder is safe on disk when this resolves. Where folders cannot be synced, it is as
 * safe as it gets.
 */
export async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, "r");
    await folder.sync();
  } catch (error) {
    if (!unknownHere.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await folder?.close();
  }
}
