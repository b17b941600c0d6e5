/** The store's file: made whole, checked before it is trusted, migrated after a copy was made. */

import { randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Log } from "../lib/log.ts";
import { errorWords } from "../lib/text/error-words.ts";
import { readLog } from "./event-store.ts";
import { Connection } from "./sqlite/connection.ts";
import { type Migration, migrate, newestVersion, schemaVersion } from "./sqlite/migrate.ts";
import { troubleOf } from "./sqlite/sqlite-error.ts";
import { statement } from "./sqlite/statement.ts";

/** "OCGW": says in the file's header whose file it is. */
const applicationId = 0x4f434757;

/** A file up to this size is checked whole after a crash (about 0.07 s); a larger one would delay the start. */
const maxCheckedBytes = 32 * 1_048_576;

/** What there is to open. */
export interface DatabaseFileOptions {
  readonly stateDir: string;
  readonly migrations: readonly Migration[];
  readonly log: Log;
}

/** The store's file, open. */
export interface DatabaseFile {
  readonly path: string;
  readonly logId: string;
  /** The only connection that may write; undefined when the file is damaged. */
  readonly writer: Connection | undefined;
  /** What is wrong with the file, in words that say what to do. */
  readonly damage: string | undefined;
}

/** The file cannot be used at all; the message says why and what to do. Nothing was changed. */
export class StoreUnusableError extends Error {
  readonly path: string;
  /** True when it is for want of space, which may pass. */
  readonly passing: boolean;

  constructor(path: string, why: string, cause?: unknown) {
    super(`${path} ${why}`, cause === undefined ? undefined : { cause });
    this.name = "StoreUnusableError";
    this.path = path;
    this.passing = troubleOf(cause) === "full";
  }
}

/** Opens `openclaw.db`, making or migrating it first. Fails with StoreUnusableError. */
export async function openDatabaseFile(options: DatabaseFileOptions): Promise<DatabaseFile> {
  const path = join(options.stateDir, "openclaw.db");
  try {
    return await openFile(path, options);
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    const why = trouble === "full" ? "its disk is full; free some space" : `${errorWords(error)}; check the disk`;
    throw new StoreUnusableError(path, `cannot be written: ${why}`, error);
  }
}

async function openFile(path: string, { migrations, log }: DatabaseFileOptions): Promise<DatabaseFile> {
  const crashed = sizeOf(`${path}-wal`) > 0;
  if (!existsSync(path)) {
    if (crashed) throw new StoreUnusableError(path, `is gone, but ${path}-wal is there; restore a backup of both`);
    createDatabase(path, migrations);
  }
  const { version, problems } = inspect(path, migrations, crashed);
  if (problems.length > 0) return openDamaged(path, version === newestVersion(migrations), problems);
  if (version < newestVersion(migrations)) {
    const copy = await upgrade(path, migrations);
    log.info({ from: version, to: newestVersion(migrations), copy }, "upgraded the store; the copy holds it as it was");
  }
  const writer = connectWriter(path);
  return { path, logId: readLogId(path, writer), writer, damage: undefined };
}

/** One more connection that reads. */
export function connectReader(path: string): Connection {
  const connection = new Connection(path, "read");
  connection.script("PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY");
  return connection;
}

/** What a caller is told about a damaged file. */
export function damageText(path: string, problem: string): string {
  return `${path} is damaged (${problem}); stop the gateway and restore a backup of it`;
}

/** Bytes of a file; 0 when there is no such file. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * The journal is synced at every commit (FULL), on Apple's systems down to the platter. It is folded into the database by
 * `checkpoint` when the store has time, and by SQLite itself should it ever reach 16 MB. No memory mapping: with it, a disk
 * error would end the process instead of failing a call.
 */
function connectWriter(path: string): Connection {
  const connection = new Connection(path, "write");
  const mode = connection.pragma("journal_mode = WAL");
  if (mode !== "wal") {
    connection.close();
    throw new StoreUnusableError(
      path,
      "is on a file system without shared memory; move the state directory to a local disk",
    );
  }
  connection.script(`
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 4096;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA cache_size = -4096;
    PRAGMA temp_store = MEMORY`);
  return connection;
}

/** Makes the database under another name and then gives it its own: it is there whole or not at all. */
function createDatabase(path: string, migrations: readonly Migration[]): void {
  const draft = `${path}.new`;
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(draft + suffix, { force: true });
  closeSync(openSync(draft, "wx", 0o600));
  const connection = connectWriter(draft);
  try {
    connection.script(`PRAGMA application_id = ${applicationId}`);
    migrate(connection, migrations);
    connection.run(insertLog, { logId: randomUUID() });
  } finally {
    connection.close();
  }
  renameSync(draft, path);
  syncDirectory(path);
}

const insertLog = statement<{ logId: string }>(
  "INSERT INTO event_log (only_row, log_id, head, floor, end_bytes) VALUES (1, :logId, 0, 0, 0)",
);

/** Looks at the file without changing it. Fails with StoreUnusableError when it is not ours, too new, or cannot be read. */
function inspect(path: string, migrations: readonly Migration[], crashed: boolean) {
  if (sizeOf(path) === 0)
    throw new StoreUnusableError(path, "is empty; restore a backup of it, or delete it to start anew");
  try {
    const connection = connectReader(path);
    try {
      const version = ownVersion(path, connection, migrations);
      const thorough = crashed && sizeOf(path) <= maxCheckedBytes;
      return { version, problems: thorough ? connection.check("quick_check") : [] };
    } finally {
      connection.close();
    }
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === "damaged") throw unreadable(path, error);
    if (trouble === undefined) throw error;
    const why = errorWords(error);
    throw new StoreUnusableError(path, `cannot be opened (${why}); check its permissions and who else uses it`, error);
  }
}

function ownVersion(path: string, connection: Connection, migrations: readonly Migration[]): number {
  if (connection.pragma("application_id") !== applicationId) {
    throw new StoreUnusableError(path, "is another program's database; move it away or choose another state directory");
  }
  const version = schemaVersion(connection);
  const known = newestVersion(migrations);
  if (version > known) {
    throw new StoreUnusableError(
      path,
      `has schema ${version}, this program knows ${known} and older; start the newer program again, or restore a copy ` +
        `that is named ${path}.before-… and was made by the upgrade`,
    );
  }
  return version;
}

function openDamaged(path: string, current: boolean, problems: readonly string[]): DatabaseFile {
  const problem = problems[0] ?? "unknown";
  if (!current) throw unreadable(path, new Error(problem));
  const connection = connectReader(path);
  const logId = readLogId(path, connection);
  connection.close();
  return { path, logId, writer: undefined, damage: damageText(path, problem) };
}

/** Without the log's id no cursor makes sense: a store that has lost it is of no use. */
function readLogId(path: string, connection: Connection): string {
  try {
    return readLog(connection).log_id;
  } catch (error) {
    connection.close();
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): StoreUnusableError {
  const why = errorWords(cause);
  return new StoreUnusableError(path, `is damaged and cannot be read (${why}); restore a backup of it`, cause);
}

/** Returns the path of a copy of what was there before. */
async function upgrade(path: string, migrations: readonly Migration[]): Promise<string> {
  const copy = `${path}.before-${newestVersion(migrations)}`;
  const connection = connectWriter(path);
  try {
    await copyDatabase(connection, copy);
    migrate(connection, migrations);
  } finally {
    connection.close();
  }
  return copy;
}

async function copyDatabase(connection: Connection, path: string): Promise<void> {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, "wx", 0o600));
  await connection.backUp(draft);
  renameSync(draft, path);
  syncDirectory(path);
}

/** Makes a rename durable. */
function syncDirectory(path: string): void {
  const directory = openSync(dirname(path), "r");
  fsyncSync(directory);
  closeSync(directory);
}
