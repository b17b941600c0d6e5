/** One file of the configuration as text. */

import { constants, type FileHandle, open } from "node:fs/promises";
import { configError } from "../config-error.ts";

const maxBytes = 2 * 1024 * 1024;

/**
 * Reads it; undefined when there is none. Throws a ConfigError when it is no regular, readable file of UTF-8 text of at most
 * 2 MB, a symbolic link included.
 */
export async function readTextFile(path: string, display: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    // Not blocking, so that a pipe in its place cannot hold up the start.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP") {
      throw configError(display, "is a symbolic link", "put the file itself there, or name it in OPENCLAW_CONFIG_PATH");
    }
    throw configError(
      display,
      `cannot be read (${code ?? message})`,
      "make it readable for the user the gateway runs as",
    );
  }
  try {
    const { size } = await regularFile(file, display);
    if (size > maxBytes) throw configError(display, `is larger than ${maxBytes} bytes`, "make it smaller");
    return decode(await file.readFile(), display);
  } finally {
    await file.close();
  }
}

async function regularFile(file: FileHandle, display: string): Promise<{ size: number }> {
  const stats = await file.stat();
  if (!stats.isFile()) throw configError(display, "is not a regular file", "move it away and put a file there");
  return stats;
}

function decode(bytes: Uint8Array, display: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw configError(display, "is not UTF-8 text", "save it as UTF-8");
  }
}
