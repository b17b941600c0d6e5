/** The log of a gateway that does not run, as its files have it. */

import { processSurroundings } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { secretValues } from "../../config/secrets/secret-values.ts";
import { crashComponent, type LogRecord } from "../../lib/log/log-record.ts";
import { lastNumber, readBackwards } from "../../lib/log/read-log.ts";
import { newestWanted, type RecordFilter } from "../../lib/log/record-filter.ts";
import { Redactor } from "../../lib/log/redactor.ts";
import { newestLog } from "./log-place.ts";

/** Lines, oldest first, and the files they come from. */
export interface KeptLogs {
  readonly records: readonly LogRecord[];
  /** Number of the newest line, wanted or not. */
  readonly head: number;
  /** The newest file; undefined when there is none. */
  readonly path: string | undefined;
}

/** Reads the newest `limit` lines that are wanted. */
export async function readKeptLogs(flags: ProfileFlags, filter: RecordFilter, limit: number): Promise<KeptLogs> {
  const loaded = await loadConfig(processSurroundings({ profile: flags.profile, dev: flags.dev }));
  const paths = newestLog(loaded);
  const redactor = new Redactor();
  redactor.add(secretValues(loaded));
  const head = await lastNumber(paths);
  const { records } = await newestWanted([readBackwards(paths)], filter, { limit, after: 0 });
  const shown = records.map((record) =>
    record.component === crashComponent ? { ...record, message: redactor.text(record.message) } : record,
  );
  return { records: shown, head, path: paths[0] };
}
