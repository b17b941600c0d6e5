/**
 * Small files the gateway and its commands keep for themselves: they may be missing, and some may be damaged. In a state folder
 * that is no folder there are none: whoever takes it says so.
 */

import { readFile } from "node:fs/promises";
import { configError } from "../config-error.ts";

/** The text; undefined when there is no such file. Throws a ConfigError when it cannot be read; `next` is what helps then. */
export async function readStateFile(
  path: string,
  next = "run as the user the gateway runs as",
): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw configError(path, `cannot be read (${code ?? message})`, next);
  }
}

/** What the file holds as JSON; undefined when there is none, or it was damaged. Throws as `readStateFile`. */
export async function readStateJson(path: string): Promise<unknown> {
  const text = await readStateFile(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
