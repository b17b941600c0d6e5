/** Is the state folder in a place that is only its owner's? */

import { existsSync, lstatSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Check, Problem } from "../care/check.ts";

const synced =
  /(^|\/)(Dropbox|OneDrive[^/]*|Google ?Drive|iCloud ?Drive|Mobile Documents|Nextcloud|ownCloud|Syncthing)(\/|$)/i;

/** Not on its way to somebody else's computer, not below a folder others can rename, not run by root without need. */
export const placeCheck: Check = {
  id: "place",
  run({ local }) {
    const { stateDir } = local;
    const problems: Problem[] = [];
    if (process.getuid?.() === 0) {
      const reason = "commands and gateway run as root: a tool of an agent could change everything on this machine";
      problems.push({ severity: "warning", subject: "user", reason, fix: "give the gateway a user of its own" });
    }
    if (!existsSync(stateDir)) return problems;
    const real = realpathSync(stateDir);
    if (synced.test(real)) {
      const reason =
        "the folder is synchronised: keys and transcripts leave this machine, and the store may be damaged";
      problems.push({ severity: "error", subject: real, reason, fix: "move it, and set OPENCLAW_STATE_DIR" });
    }
    if (lstatSync(stateDir).isSymbolicLink()) {
      const reason = `it is a link to ${real}; whoever can change the link chooses what the gateway reads`;
      problems.push({
        severity: "info",
        subject: stateDir,
        reason,
        fix: "set OPENCLAW_STATE_DIR to the folder itself",
      });
    }
    return [...problems, ...parents(real)];
  },
};

/** Whoever can write a folder can put another one in the place of what is in it, unless it is sticky. */
function parents(path: string): Problem[] {
  const parent = dirname(path);
  if (parent === path) return [];
  const { mode, uid } = statSync(parent);
  const foreign = uid !== 0 && uid !== process.getuid?.();
  const open = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  if (!open && !foreign) return parents(parent);
  const reason = `others can rename what is in it (${foreign ? `it belongs to user ${uid}` : `mode ${(mode & 0o7777).toString(8)}`})`;
  const problem: Problem = { severity: "warning", subject: parent, reason, fix: `chmod go-w ${parent}` };
  return [problem, ...parents(parent)];
}
