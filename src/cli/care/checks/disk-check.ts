/** Is there room to go on? */

import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { freeBytes } from "../../../lib/host/free-space.ts";
import { bytesText } from "../bytes-text.ts";
import type { Check, Problem } from "../check.ts";

const mebibyte = 1_048_576;
const limits = { errorBytes: 100 * mebibyte, warningBytes: 1_024 * mebibyte, files: 1_000 };

/** A full disk stops a gateway from accepting anything. */
export const diskCheck: Check = {
  id: "disk",
  async run({ local }) {
    return [...(await roomOf(local.stateDir, "error")), ...(await roomOf(tmpdir(), "warning"))];
  },
};

async function roomOf(folder: string, worst: "error" | "warning"): Promise<Problem[]> {
  const free = await freeBytes(folder);
  const problem = (reason: string, tight: boolean): Problem => ({
    severity: tight ? worst : "warning",
    subject: folder,
    reason,
    fix: "free some space on this disk",
  });
  if (free < limits.warningBytes && (worst === "error" || free < limits.errorBytes)) {
    return [problem(`its disk has ${bytesText(free)} free`, free < limits.errorBytes)];
  }
  const { files, ffree } = await statfs(folder).catch(() => ({ files: 0, ffree: 0 }));
  return files > 0 && ffree < limits.files ? [problem(`its disk has room for ${ffree} more files`, false)] : [];
}
