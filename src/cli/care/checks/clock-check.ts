/** Does the wall clock tell the time? */

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check, Problem } from "../check.ts";

/** This program was not there before. */
const earliestMs = Date.UTC(2026, 0, 1);
const maxSkewMs = 2_000;

/** Compares the clock with the file system's, which may be another machine's, and with the age of this program. */
export const clockCheck: Check = {
  id: "clock",
  run({ local, nowMs }) {
    const fix = "let a time service keep the clock: timedatectl set-ntp true";
    const problems: Problem[] = [];
    if (nowMs < earliestMs) {
      const reason = `it says ${new Date(nowMs).toISOString()}, which is past; certificates and schedules go by it`;
      problems.push({ severity: "error", subject: "wall clock", reason, fix });
    }
    const skewMs = skewOf(local.stateDir) ?? skewOf(tmpdir()) ?? 0;
    if (Math.abs(skewMs) > maxSkewMs) {
      const reason = `the file system's clock is ${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? "ahead" : "behind"}`;
      problems.push({ severity: "warning", subject: local.stateDir, reason, fix });
    }
    return problems;
  },
};

/** How far the time of a file written now is from now, in ms; undefined when none can be written. */
function skewOf(folder: string): number | undefined {
  let probe: string | undefined;
  try {
    probe = mkdtempSync(join(folder, ".clock-"));
    const path = join(probe, "now");
    const beforeMs = Date.now();
    writeFileSync(path, "");
    const { mtimeMs } = statSync(path);
    // Clocks of file systems tick a few times a hundredth of a second.
    return mtimeMs < beforeMs ? Math.min(0, mtimeMs - beforeMs + 20) : Math.max(0, mtimeMs - Date.now());
  } catch {
    return undefined;
  } finally {
    if (probe !== undefined) rmSync(probe, { recursive: true, force: true });
  }
}
