/**
 * Programs and installations the clients in other languages need: found on this machine, or installed once into a cache
 * outside the repository and reused by later runs.
 */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";

/** Root of the repository. */
export const repository = join(import.meta.dirname, "..", "..");

/** The path of a program that is installed; undefined when there is none. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** Runs a program to its end; fails with what it wrote when it fails. Resolves with its output. */
export async function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, output, errors } = await endOf(program, args, options);
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}:\n${errors}${output}`);
  return output;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Or the signal that ended it. */
  readonly exitCode: number | string;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end, whatever that is; fails only when it cannot be started. */
export function endOf(program: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramEnd> {
  const { cwd, environment, input, timeoutMs = 0, encoding = "utf8" } = options;
  const { promise, resolve, reject } = Promise.withResolvers<ProgramEnd>();
  const env = { ...process.env, ...environment };
  const limits = { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, encoding };
  const child = execFile(program, [...args], { cwd, env, ...limits }, (error, output, errors) => {
    if (error !== null && typeof error.code === "string") reject(error);
    else resolve({ exitCode: error?.code ?? error?.signal ?? 0, output, errors });
  });
  // A program that ends without reading its input is no failure.
  child.stdin?.on("error", () => {}).end(input);
  return promise;
}

/** How a program is run; what is absent is inherited. */
export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads from standard input. */
  readonly input?: string | Buffer;
  /** When it is killed; never when absent. */
  readonly timeoutMs?: number;
  /** Of its output; latin1 keeps bytes as they are. Default utf8. */
  readonly encoding?: "utf8" | "latin1";
}

/**
 * What `doing` resolves with; undefined, and a line on standard error, when it fails. For what comes from a package registry
 * only: a machine that cannot reach it skips the tests that need it.
 */
export async function install<T>(what: string, doing: () => Promise<T>): Promise<T | undefined> {
  try {
    return await doing();
  } catch (error) {
    process.stderr.write(`${what} cannot be installed; the tests that need it are skipped: ${error}\n`);
    return undefined;
  }
}

/** The protos of this project, from the root of the repository. */
export function protoFiles(): Promise<string[]> {
  return sourceFiles("proto");
}

/** The files below a folder, both from the root of the repository; sorted. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(repository, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(repository, join(entry.parentPath, entry.name))).sort();
}

/** What a cached folder is made of: its name, what it depends on, and how it is filled. */
export interface CachedFolder {
  readonly name: string;
  /** Files, from the root of the repository, whose content makes another folder of it. */
  readonly files: readonly string[];
  /** Other facts that do, versions say. */
  readonly facts: readonly string[];
  /** Fills the folder. It is moved into its place afterwards, so nothing in it may name it. */
  readonly fill: (folder: string) => Promise<void>;
}

/** A folder that was filled by this run or an earlier one; two runs at once do not disturb each other. */
export async function cachedFolder({ name, files, facts, fill }: CachedFolder): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([process.arch, ...facts]));
  for (const file of files) hash.update(file).update(await readFile(join(repository, file)));
  // Of its own for each user: nobody can put anything into a folder that root made.
  const cache = join(tmpdir(), `openclaw-polyglot-cache-${process.getuid?.() ?? 0}`);
  const folder = join(cache, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (await exists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}.`);
  try {
    await fill(fresh);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another run was faster: what it made is the same.
    if (!(await exists(folder))) throw error;
  }
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
