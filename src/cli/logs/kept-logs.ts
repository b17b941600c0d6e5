/** The log of a gateway that does not run, as its files have it. */

import { statSync } from "node:fs";
import { processSurroundings } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import { logFilePath } from "../../config/log-path.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { secretValues } from "../../config/secrets/secret-values.ts";
import { logFiles } from "../../lib/log/log-file.ts";
import { crashComponent, type LogRecord } from "../../lib/log/log-record.ts";
import { readBackwards } from "../../lib/log/read-log.ts";
import { newestWanted, type RecordFilter } from "../../lib/log/record-filter.ts";
import { Redactor } from "../../lib/log/redactor.ts";
import { logPath } from "../../supervisor/supervisor.ts";

/** Lines, oldest first, and the files they come from. */
export interface KeptLogs {
  readonly records: readonly LogRecord[];
  /** Number of the newest line. */
  readonly head: number;
  /** The newest file; undefined when there is none. */
  readonly path: string | undefined;
}

/** Reads the newest `limit` lines that are wanted. A gateway in the background has a file of its own: the newer one counts. */
export async function readKeptLogs(flags: ProfileFlags, filter: RecordFilter, limit: number): Promise<KeptLogs> {
  const loaded = await loadConfig(processSurroundings({ profile: flags.profile, dev: flags.dev }));
  const places = [logFiles(logFilePath(loaded)), logFiles(logPath(loaded.stateDir))];
  const [paths = []] = places.sort((a, b) => changedMs(b[0]) - changedMs(a[0]));
  const redactor = new Redactor();
  redactor.add(secretValues(loaded));
  const { records } = await newestWanted([readBackwards(paths)], filter, { limit, after: 0 });
  const shown = records.map((record) =>
    record.component === crashComponent ? { ...record, message: redactor.text(record.message) } : record,
  );
  return { records: shown, head: records.findLast(({ n }) => n > 0)?.n ?? 0, path: paths[0] };
}

function changedMs(path: string | undefined): number {
  return path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}
