/** Writes files of the configuration: whole or not at all, and only where a file of its own is. */

import { lstat } from "node:fs/promises";
import type { FaultPoint } from "../../lib/fault-point.ts";
import { replaceFile } from "../../lib/host/replace-file.ts";
import { configError } from "../config-error.ts";

/**
 * Writes the file as `replaceFile` does. Throws a ConfigError when it is a symbolic link or no regular file, or when it cannot
 * be written.
 */
export async function writeAtomically(path: string, text: string, reached?: FaultPoint): Promise<void> {
  try {
    await refuseOddFile(path);
    await replaceFile(path, text, reached);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw configError(path, `cannot be written (${code})`, "make its folder writable for the user the gateway runs as");
  }
}

async function refuseOddFile(path: string): Promise<void> {
  const stats = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (stats === undefined || stats.isFile()) return;
  const what = stats.isSymbolicLink() ? "is a symbolic link" : "is not a regular file";
  throw configError(path, `${what}, and is not replaced`, "put the file itself there");
}
