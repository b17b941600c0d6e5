/** The configuration file as a value with its variables filled in, before anything in it is checked. */

import { constants, type FileHandle, open } from "node:fs/promises";
import { ConfigError, configError } from "../config-error.ts";
import { displayPath, type Surroundings } from "../environment.ts";
import { formatPath, Json5Source } from "./json5-source.ts";
import { substituteVariables, type UnresolvedVariable } from "./substitute.ts";

const maxBytes = 2 * 1024 * 1024;

/** A file that could be parsed. */
export interface ConfigFile {
  /** The path as people write it. */
  readonly display: string;
  /** Values as they are written, and where. */
  readonly source: Json5Source;
  /** Values with variables filled in. */
  readonly value: unknown;
  readonly unresolved: readonly UnresolvedVariable[];
}

/** Reads the file; undefined when there is none. Throws a ConfigError when it is no regular, readable JSON5 file of at most 2 MB. */
export async function readConfigFile(path: string, surroundings: Surroundings): Promise<ConfigFile | undefined> {
  const display = displayPath(path, surroundings.home);
  const text = await readText(path, display);
  if (text === undefined) return undefined;
  const source = Json5Source.parse(text);
  const problems = source instanceof Json5Source ? source.duplicates : [source];
  if (!(source instanceof Json5Source) || problems.length > 0) {
    throw new ConfigError(
      problems.map(({ path: keys, text: what, line, column }) => ({
        subject: formatPath(keys) || "the file",
        text: what,
        place: `${display}:${line}:${column}`,
      })),
    );
  }
  return { display, source, ...substituteVariables(source.value, surroundings.environment) };
}

async function readText(path: string, display: string): Promise<string | undefined> {
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
