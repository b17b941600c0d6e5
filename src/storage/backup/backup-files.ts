/** Which files go into a backup. */

import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { backupUnreadable } from "../../core/care/care-failures.ts";
import { configName } from "./manifest.ts";

/** Where everything is on this host. Absolute paths; files and folders may not be there. */
export interface BackupPlaces {
  readonly stateDir: string;
  readonly configPath: string;
  /** Files the configuration includes. */
  readonly includes: readonly string[];
  /** The folder agents work in. */
  readonly workspace: string;
}

/** A file on its way into an archive. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** In the archive. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** What was found. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** What is left out and why, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * What is only true for a process or a moment: locks, the record of boots, logs, drafts. Of the store a copy is made, and
 * copies an upgrade left behind are as old as their names say.
 */
const passing = /^(openclaw\.db.*|.*\.lock|.*\.lock(-journal|\.json)|boots\.json|logs|.*\.new)$/;

/** Uploads nobody has finished, and credentials that were being written when an earlier version ended. */
const passingBelow = /^(blobs\/unfinished|credentials\/.*\.tmp)$/;

/** Files that are being written; see lib/host: replace-file.ts, new-file.ts. */
const draft = /^\..+\.[0-9a-f]{12}\.draft$|\.partial-[0-9a-f]{12}$/;

/** Finds them, in the order of their names. Fails with BACKUP_UNREADABLE when one of state or configuration cannot be looked at. */
export async function findBackupFiles(places: BackupPlaces, withWorkspace: boolean): Promise<FoundFiles> {
  const { stateDir, configPath, workspace } = places;
  const warnings: string[] = [];
  const skip = (path: string): boolean => {
    if (path === workspace || path === configPath || draft.test(basename(path))) return true;
    if (dirname(path) === stateDir) return passing.test(basename(path));
    return passingBelow.test(relative(stateDir, path).split(sep).join("/"));
  };
  const state = await collect({ root: stateDir, prefix: "state", skip, warnings });
  const config = await findConfig(places, warnings);
  const work = withWorkspace
    ? await collect({ root: workspace, prefix: "workspace", skip: () => false, warnings })
    : [];
  return { files: [...state, ...config, ...work], warnings };
}

/** The configuration file by the name every archive has for it, and what it includes where the state does not hold that. */
async function findConfig({ configPath, includes, stateDir }: BackupPlaces, warnings: string[]): Promise<FoundFile[]> {
  const main = await found(configPath, configName);
  const others: FoundFile[] = [];
  for (const path of includes) {
    if (isInside(path, stateDir)) continue;
    if (!isInside(path, dirname(configPath))) {
      warnings.push(`${path} is outside the folder of the configuration and is not in the backup`);
      continue;
    }
    const name = `config/${relative(dirname(configPath), path).split(sep).join("/")}`;
    others.push(...(await found(path, name)));
  }
  return [...main, ...others];
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}${sep}`);
}

async function found(path: string, name: string): Promise<FoundFile[]> {
  const stats = await orUndefined(path, lstat(path));
  return stats?.isFile() ? [{ path, name, sizeBytes: stats.size }] : [];
}

interface Walk {
  readonly root: string;
  /** Folder in the archive. */
  readonly prefix: string;
  readonly skip: (path: string) => boolean;
  readonly warnings: string[];
}

async function collect({ root, prefix, skip, warnings }: Walk): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  const folders = [{ path: root, name: prefix }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(folder.path)) {
      const path = join(folder.path, entry.name);
      const name = `${folder.name}/${entry.name}`;
      if (skip(path)) continue;
      if (entry.isDirectory()) folders.push({ path, name });
      else if (entry.isFile()) files.push(...(await found(path, name)));
      else
        warnings.push(
          `${path} is ${entry.isSymbolicLink() ? "a symbolic link" : "no regular file"} and is not in the backup`,
        );
    }
  }
  return files.sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return (await orUndefined(folder, readdir(folder, { withFileTypes: true }))) ?? [];
}

/** Undefined for what is not there, or not any more. */
async function orUndefined<T>(path: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw backupUnreadable(path, code ?? message);
  }
}
