/** What an installation puts on a disk: the program and its production dependencies. */

import { execFile } from "node:child_process";
import { cp, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../gateway/built-program.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";

const shipped = ["package.json", "package-lock.json", "dist", "proto"];

/** Installs from the lock file into an empty folder and adds up the disk's blocks. */
export async function measureInstall(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-bench-"));
  try {
    for (const name of shipped) await cp(join(root, name), join(folder, name), { recursive: true });
    const startedMs = performance.now();
    await promisify(execFile)("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund", "--silent"], { cwd: folder });
    const seconds = (performance.now() - startedMs) / 1000;
    const { blocksMb, files } = await sizeOf(folder);
    const { blocksMb: ownMb } = await sizeOf(join(folder, "dist"));
    return [
      {
        what: "installation with every channel",
        unit: "MB",
        value: blocksMb,
        ...promises.install,
        how: `npm ci --omit=dev (${seconds.toFixed(1)} s): ${files} files, ${ownMb.toFixed(1)} MB of them dist/`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sizeOf(folder: string): Promise<{ blocksMb: number; files: number }> {
  const entries = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(entries.map((entry) => lstat(join(folder, entry))));
  // What du counts: whole blocks of 512 bytes, folders included.
  const blocks = sizes.reduce((sum, size) => sum + size.blocks, 0);
  return { blocksMb: (blocks * 512) / 2 ** 20, files: sizes.filter((size) => size.isFile()).length };
}
