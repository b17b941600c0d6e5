/** Room on a disk. */

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Bytes this user may still write to the disk of `path`, or of the nearest folder above it that exists. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((code !== "ENOENT" && code !== "ENOTDIR") || dirname(path) === path) throw error;
    return await freeBytes(dirname(path));
  }
}
