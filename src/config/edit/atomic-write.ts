/** Files that are always whole: a reader, and a machine after a power cut, finds the old text or the new one. */

import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemClock } from "../../lib/clock.ts";
import { type FaultPoint, noFaults } from "../../lib/fault-point.ts";
import { configError } from "../config-error.ts";

/** Drafts of a process that died while it wrote are removed after this long. */
const draftLifeMs = 60_000;

/**
 * Writes the file, readable by its owner only (0600), and makes its folder (0700) when there is none. Resolves when it is
 * safe on disk. Throws a ConfigError when it is a symbolic link or no regular file, or when it cannot be written.
 */
export async function writeAtomically(path: string, text: string, reached: FaultPoint = noFaults): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.draft`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await refuseOddFile(path);
    await removeOldDrafts(folder, basename(path));
    reached("config.before-draft");
    await writeDraft(draft, text, reached);
    reached("config.draft-synced");
    await rename(draft, path);
    reached("config.renamed");
    await syncFolder(folder);
    reached("config.folder-synced");
  } catch (error) {
    await rm(draft, { force: true });
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

async function writeDraft(path: string, text: string, reached: FaultPoint): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    reached("config.draft-written");
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The new name is safe when the folder is. Where folders cannot be synced, the rename is as safe as it gets. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EPERM", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await handle?.close();
  }
}

async function removeOldDrafts(folder: string, name: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((entry) => entry.startsWith(`.${name}.`) && entry.endsWith(".draft"));
  for (const draft of drafts) {
    const path = join(folder, draft);
    const age = await lstat(path).then(
      ({ mtimeMs }) => systemClock.nowMs() - mtimeMs,
      () => 0,
    );
    if (age > draftLifeMs) await rm(path, { force: true });
  }
}
