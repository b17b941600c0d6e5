/** Brings a backup back: beside its place first, and into it when all of it is there and right. */

import { createWriteStream, existsSync, readdirSync, statSync } from "node:fs";
import { cp, mkdir, mkdtemp, realpath, rename, rm, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { syncFolder } from "../../lib/host/sync-folder.ts";
import { type ArchivedFile, readArchive } from "./archive-reader.ts";
import type { BackupPlaces } from "./backup-files.ts";
import { findBlobProblems } from "./blob-check.ts";
import { BackupError, type BackupManifest, configName, storeName } from "./manifest.ts";
import { checkStore, newestSchema, requireRoom } from "./verify-backup.ts";

/** What to restore, and where. */
export interface RestoreOptions {
  /** The archive. */
  readonly path: string;
  readonly stateDir: string;
  /** Where the configuration file goes. */
  readonly configPath: string;
  /** Where the folder agents work in goes; asked when the restored configuration is at this path. */
  readonly workspaceOf: (configPath: string) => Promise<string>;
  /** Put what is there already aside instead of refusing. */
  readonly force: boolean;
  /** Names what is put aside: "2026-11-22T13-00-00Z". */
  readonly stamp: string;
  readonly signal: AbortSignal;
}

/** What was restored. */
export interface Restored {
  /** Its warnings also name blobs that are damaged or missing. */
  readonly manifest: BackupManifest;
  readonly places: Omit<BackupPlaces, "includes">;
  /** Where things are now that were there before. */
  readonly movedAside: readonly string[];
}

/**
 * Restores. The state folder must be empty or not there, and so must the other places, unless `force` is set. Until
 * everything is unpacked and checked nothing in these places changes. Throws a BackupError that says what to do. The caller
 * makes sure that no gateway uses the places.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { path, stateDir, configPath, force, signal } = options;
  const configOutside = dirname(configPath) !== stateDir;
  if (!force) requireEmpty([stateDir, ...(configOutside ? [configPath] : [])]);
  await mkdir(dirname(stateDir), { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(`${stateDir}.restoring-`);
  try {
    const manifest = await readArchive(path, newestSchema(), {
      head: ({ estimatedBytes }) => requireRoom(dirname(stateDir), estimatedBytes),
      file: (file) => unpack(staging, file, signal),
    });
    const store = join(staging, storeName);
    if (existsSync(store)) await checkStore(path, store, signal);
    // One file that is lost is no reason to be without everything else.
    const lost = await findBlobProblems(manifest, existsSync(store) ? store : undefined, signal);
    // Whoever reads a database leaves these behind.
    for (const suffix of ["-wal", "-shm"]) await rm(store + suffix, { force: true });
    const told = { ...manifest, warnings: [...manifest.warnings, ...lost] };
    return { manifest: told, ...(await putInPlace(staging, options)) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Files are their owner's alone; of their rights only "may be run" is kept. */
async function unpack(staging: string, file: ArchivedFile, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const path = join(staging, file.path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await requireRoom(staging, file.size);
  const mode = file.executable ? 0o700 : 0o600;
  await pipeline(Readable.from(file.bytes), createWriteStream(path, { flags: "wx", mode, flush: true }));
  await utimes(path, file.mtime, file.mtime);
}

type Places = Omit<BackupPlaces, "includes">;

/** What is moved from where to where; a place that is in use is emptied first. */
async function putInPlace(staging: string, options: RestoreOptions): Promise<Omit<Restored, "manifest">> {
  const { stateDir, configPath, force, stamp } = options;
  const from = (name: string): string => join(staging, name);
  const config = from(configName);
  const workspace = existsSync(from("workspace")) ? await options.workspaceOf(config) : join(stateDir, "workspace");
  const places: Places = { stateDir, configPath, workspace };
  await mkdir(from("state"), { recursive: true, mode: 0o700 });
  const inside = (path: string): string | undefined =>
    path.startsWith(`${stateDir}/`) ? join(from("state"), path.slice(stateDir.length + 1)) : undefined;
  const moves: { readonly from: string; readonly to: string }[] = [];
  const plan = async (source: string, target: string): Promise<void> => {
    if (!existsSync(source)) return;
    const staged = inside(target);
    if (staged === undefined) moves.push({ from: source, to: target });
    else await moveInto(source, staged);
  };
  await plan(from("workspace"), workspace);
  await plan(config, configPath);
  for (const name of includesIn(from("config"))) await plan(from(`config/${name}`), join(dirname(configPath), name));
  moves.push({ from: from("state"), to: stateDir });
  if (!force) requireEmpty(moves.map(({ to }) => to));
  const movedAside: string[] = [];
  for (const { from: source, to } of moves) {
    if (isUsed(to)) movedAside.push(await moveAside(to, stamp));
    await moveInto(source, to);
  }
  return { places, movedAside };
}

function includesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== basename(configName)) : [];
}

/** To another disk, and onto a disk that is mounted right there, nothing can be moved: it is copied. A link is followed. */
async function moveInto(source: string, place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  const target = existsSync(place) ? await realpath(place) : place;
  try {
    await rename(source, target);
  } catch (error) {
    if (!elsewhere.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
    const names = isFolder ? readdirSync(source) : [""];
    for (const name of names) await cp(join(source, name), join(target, name), copyOptions);
  }
  await syncFolder(dirname(target));
}

const copyOptions = { recursive: true, preserveTimestamps: true, errorOnExist: true, force: false };
const elsewhere = new Set(["EXDEV", "EBUSY"]);

async function moveAside(path: string, stamp: string): Promise<string> {
  const aside = `${path}.before-restore-${stamp}`;
  try {
    await rename(path, aside);
    return aside;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!elsewhere.has(code)) throw error;
    throw new BackupError(
      `a disk is mounted here, which cannot be moved aside: ${path}; empty it, or restore elsewhere`,
    );
  }
}

function requireEmpty(paths: readonly string[]): void {
  const used = paths.find(isUsed);
  if (used === undefined) return;
  throw new BackupError(
    `something is there already: ${used}; restore elsewhere with --state-dir, or move it aside with --force`,
  );
}

/** True for a file, and for a folder with something in it. */
function isUsed(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (!stats.isDirectory() || readdirSync(path).length > 0);
}
