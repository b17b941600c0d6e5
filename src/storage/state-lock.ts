/** One gateway a state directory: a lock the kernel takes back when its holder dies. */

import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { errorWords } from "../lib/text/error-words.ts";
import { StoreUnusableError } from "./database-file.ts";
import { troubleOf } from "./sqlite/sqlite-error.ts";

/** Who holds a state directory. */
export interface StateOwner {
  readonly pid: number;
  /** ms since the epoch. */
  readonly startTimeMs: number;
  /** Where it can be reached, when that is known. */
  readonly url?: string;
  /** Absolute path of its log's file, "YYYY-MM-DD" for the day; undefined when it keeps none. */
  readonly log?: string | undefined;
}

/** The state directory belongs to this process until `release`. Keep it: a lock nobody refers to may be given back. */
export interface StateLock {
  readonly stateDir: string;
  /**
   * Says where the gateway can be reached from this machine, and since when it is the same gateway (ms since the epoch; the
   * owner's start unless given), for whoever looks who holds the directory.
   */
  announce(url: string, startTimeMs?: number): void;
  /** Gives the directory back. Close the store first. Doing it again changes nothing. */
  release(): void;
}

/** Another gateway holds the state directory, or the configuration file. */
export class StateLockedError extends Error {
  readonly stateDir: string;
  /** Who holds it; undefined when it has not said so (yet). */
  readonly owner: StateOwner | undefined;

  /** `path` is what cannot be shared: the state directory itself, or the configuration file. */
  constructor(stateDir: string, owner: StateOwner | undefined, path = stateDir) {
    const advice =
      path === stateDir ? "choose another state directory" : "give this one a configuration file of its own";
    super(`${path} is used by another gateway${ownerText(owner)}; stop that one, or ${advice}`);
    this.name = "StateLockedError";
    this.stateDir = stateDir;
    this.owner = owner;
  }
}

/**
 * Takes the state directory, making it (mode 0700) when it is not there, and with it the configuration file at `configPath`,
 * which may not exist: two gateways that change one file would undo each other's changes. Fails with StateLockedError while
 * somebody holds either, this process included, and with the system's error or a StoreUnusableError where nothing can be
 * kept. A configuration in a folder that cannot be written is nobody's to change and may be shared.
 */
export function acquireStateLock(stateDir: string, owner: StateOwner, configPath?: string): StateLock {
  makeDirectory(stateDir);
  const state = hold(join(stateDir, "gateway.lock"), owner);
  if (!("release" in state)) throw new StateLockedError(stateDir, state.owner);
  const config = holdConfig(configPath, owner, state);
  if (config !== undefined && !("release" in config)) {
    state.release();
    throw new StateLockedError(stateDir, config.owner, configPath);
  }
  return {
    stateDir,
    announce: (url, startTimeMs = owner.startTimeMs) => {
      state.name({ ...owner, startTimeMs, url });
      config?.name({ ...owner, startTimeMs, url });
    },
    release: () => {
      config?.release();
      state.release();
    },
  };
}

function makeDirectory(stateDir: string): void {
  if (statSync(stateDir, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new StoreUnusableError(stateDir, "is no folder; move it away, or choose another state directory");
  }
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** The lock of a configuration somebody could change. When it cannot even be asked for, `state` is given back. */
function holdConfig(path: string | undefined, owner: StateOwner, state: HeldFile): ReturnType<typeof hold> | undefined {
  if (path === undefined || !isWritable(dirname(path))) return undefined;
  try {
    return hold(`${path}.lock`, owner);
  } catch (error) {
    state.release();
    throw error;
  }
}

/** True when a gateway was ever run on the directory: there is a lock to take. */
export function hasBeenUsed(stateDir: string): boolean {
  return existsSync(join(stateDir, "gateway.lock"));
}

/** A lock file this process holds, and the file beside it that says so. */
interface HeldFile {
  name(owner: StateOwner): void;
  release(): void;
}

/**
 * The lock is SQLite's own file lock, held by a transaction that never ends. It is on a file of its own, and nothing else may
 * ever open that file in this process: POSIX drops a process's locks on a file when it closes any descriptor of it. That is
 * why the owner is written beside it, to `gateway.lock.json`.
 */
function hold(path: string, owner: StateOwner): HeldFile | { readonly owner: StateOwner | undefined } {
  const ownerPath = `${path}.json`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec("BEGIN EXCLUSIVE");
    chmodSync(path, 0o600);
    writeOwner(ownerPath, owner);
  } catch (error) {
    database?.close();
    const trouble = troubleOf(error);
    if (trouble === "blocked") return { owner: readOwner(ownerPath) };
    if (trouble === undefined) throw error;
    const why = trouble === "full" ? "its disk is full; free some space" : `${errorWords(error)}; check the disk`;
    throw new StoreUnusableError(path, `cannot be locked: ${why}`, error);
  }
  return heldFile(database, ownerPath);
}

function heldFile(database: DatabaseSync, ownerPath: string): HeldFile {
  return {
    name: (named) => writeOwner(ownerPath, named),
    release: () => {
      if (!database.isOpen) return;
      rmSync(ownerPath, { force: true });
      database.close();
    },
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function writeOwner(path: string, owner: StateOwner): void {
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** What the holder wrote about itself; undefined when that is missing or makes no sense. */
function readOwner(path: string): StateOwner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isOwner(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is StateOwner {
  if (typeof value !== "object" || value === null) return false;
  const { pid, startTimeMs, url } = value as Partial<Record<keyof StateOwner, unknown>>;
  return typeof pid === "number" && typeof startTimeMs === "number" && (url === undefined || typeof url === "string");
}

function ownerText(owner: StateOwner | undefined): string {
  if (owner === undefined) return "";
  const where = owner.url === undefined ? "" : ` at ${owner.url}`;
  return ` (process ${owner.pid}${where}, started ${new Date(owner.startTimeMs).toISOString()})`;
}
