/** Who can read what the gateway keeps? */

import { chmodSync, existsSync, lstatSync, readdirSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { configPath } from "../../../config/environment.ts";
import type { CareContext, Check, Problem } from "../check.ts";

/** Files that alone give away everything. */
const secretNames = /^(gateway\.token|\.env|key\.pem)$/;
/** What others may read or write there is its owner's business. */
const ownBusiness = new Set(["workspace", "logs"]);
/** Empty, and gone with the lock. */
const lockJournal = /\.lock-journal$/;
const maxFindings = 20;

/** Folders are for their owner alone (0700), files too (0600). */
export const filesCheck: Check = {
  id: "files",
  run(context) {
    if (process.getuid === undefined) return [];
    const { stateDir } = context.local;
    const config = configPath(context.local.surroundings);
    const paths = [stateDir, ...below(stateDir, 2), ...(dirname(config) === stateDir ? [] : [config])];
    const closed = isClosed(stateDir);
    return paths.flatMap((path) => problemsOf(path, closed, context)).slice(0, maxFindings);
  },
};

/** Nobody else can reach what is in a closed folder, whatever its own rights are. */
function isClosed(folder: string): boolean {
  return existsSync(folder) && (lstatSync(folder).mode & 0o077) === 0;
}

function below(folder: string, depth: number): string[] {
  if (depth === 0 || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink() || ownBusiness.has(entry.name) || lockJournal.test(entry.name)) return [];
    return [path, ...(entry.isDirectory() ? below(path, depth - 1) : [])];
  });
}

function problemsOf(path: string, closed: boolean, context: CareContext): Problem[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isSymbolicLink()) return [];
  if (stats.uid !== process.getuid?.()) return [foreign(path, stats, context)];
  const open = stats.mode & 0o077;
  if (open === 0) return [];
  const wanted = stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o700 : 0o600;
  const secret = secretNames.test(path.slice(path.lastIndexOf("/") + 1));
  const serious = (open & 0o022) !== 0 || secret;
  return [
    {
      severity: serious && !closed ? "error" : "warning",
      subject: path,
      reason: `others can ${(open & 0o022) === 0 ? "read" : "change"} it (mode ${(stats.mode & 0o777).toString(8)})`,
      fix: `chmod ${wanted.toString(8)} ${path}`,
      repair: () => {
        chmodSync(path, wanted);
        return `its mode is ${wanted.toString(8)} now`;
      },
    },
  ];
}

/** A gateway that was once run with sudo leaves files behind that the next one cannot write. */
function foreign(path: string, { uid }: Stats, { local }: CareContext): Problem {
  return {
    severity: uid === 0 || path === local.stateDir ? "error" : "warning",
    subject: path,
    reason: `it belongs to user ${uid}, not to you`,
    fix: `sudo chown -R "$USER" ${path}`,
  };
}
