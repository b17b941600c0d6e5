/** Keeps what somebody wanted to write and could not, beside the file: `openclaw.json.rejected.<time>`. */

import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeAtomically } from "./atomic-write.ts";

const kept = 5;

/** Writes the text there and drops all but the newest few. Returns its path. */
export async function keepRejected(path: string, text: string, nowMs: number): Promise<string> {
  const prefix = `${basename(path)}.rejected.`;
  const rejected = `${path}.rejected.${new Date(nowMs).toISOString().replace(/[:.]/g, "-")}`;
  await writeAtomically(rejected, text);
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix)).sort();
  for (const name of names.slice(0, Math.max(0, names.length - kept))) {
    await rm(join(dirname(path), name), { force: true });
  }
  return rejected;
}
