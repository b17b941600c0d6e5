/** Files that are always whole: a reader, and a machine after a power cut, finds the old text or the new one. */

import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemClock } from "../clock.ts";
import { type FaultPoint, noFaults } from "../fault-point.ts";
import { syncFolder } from "./sync-folder.ts";

/** Drafts of a process that died while it wrote are removed after this long. */
const draftLifeMs = 60_000;

/**
 * Puts the text in the place of the file, or makes it: readable by its owner only (0600), in a folder that is made (0700) when
 * there is none. Resolves when it is safe on disk; fails with Node's own error, and then the file is as it was, or new. While
 * it is written, the text is beside the file as `.<name>.<12 hexadecimal digits>.draft`.
 */
export async function replaceFile(path: string, text: string, reached: FaultPoint = noFaults): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.draft`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await removeOldDrafts(folder, basename(path));
    reached("file.before-draft");
    await writeDraft(draft, text, reached);
    reached("file.draft-synced");
    await rename(draft, path);
    reached("file.renamed");
    await syncFolder(folder);
    reached("file.folder-synced");
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeDraft(path: string, text: string, reached: FaultPoint): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    reached("file.draft-written");
    await file.sync();
  } finally {
    await file.close();
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
