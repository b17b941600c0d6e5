/** What did crashes and restores leave behind? */

import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CareContext, Check, Problem } from "../check.ts";

/** Drafts that never got their name. */
const drafts =
  /(\.new|\.partial-[0-9a-f]+|^openclaw\.db\.copy-\d+|^gateway\.token\.[0-9a-f]{12})(-wal|-shm|-journal)?$/;
/** Whoever writes one is done with it long before. */
const oldMs = 3_600_000;

/** Drafts can go; what a restore moved aside is a person's to delete. */
export const leftoversCheck: Check = {
  id: "leftovers",
  run: (context) => [...draftsIn(context), ...besides(context)],
};

function draftsIn({ local, nowMs }: CareContext): Problem[] {
  const { stateDir } = local;
  if (!existsSync(stateDir)) return [];
  const names = readdirSync(stateDir).filter((name) => drafts.test(name));
  return names.map((name) => join(stateDir, name)).flatMap((path) => (isOld(path, nowMs) ? [removable(path)] : []));
}

function besides({ local, nowMs }: CareContext): Problem[] {
  const { stateDir } = local;
  const parent = dirname(stateDir);
  const name = basename(stateDir);
  return namesIn(parent).flatMap((other): Problem[] => {
    const path = join(parent, other);
    if (other.startsWith(`${name}.restoring-`)) return isOld(path, nowMs) ? [removable(path)] : [];
    if (!other.startsWith(`${name}.before-restore-`)) return [];
    const reason = "a restore moved this aside; it holds keys and transcripts";
    return [{ severity: "info", subject: path, reason, fix: "delete it when you will not need it any more" }];
  });
}

/** What is around the state folder is often another user's, and need not be shown to this one. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isOld(path: string, nowMs: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.mtimeMs < nowMs - oldMs;
}

function removable(path: string): Problem {
  return {
    severity: "info",
    subject: path,
    reason: "something that was interrupted left it behind",
    fix: "delete it",
    repair: () => {
      rmSync(path, { recursive: true, force: true });
      return "deleted";
    },
  };
}
