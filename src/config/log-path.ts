/** Where a gateway keeps its log. */

import { dirname, join } from "node:path";
import { expandPath } from "./environment.ts";
import type { LoadedConfig } from "./load-config.ts";

/** `logging.file`, else a file a day in the state folder. Absolute; "YYYY-MM-DD" in it stands for the day. */
export function logFilePath({ config, path, home, stateDir }: LoadedConfig): string {
  const { file } = config.logging;
  return file === undefined ? join(stateDir, "logs", "openclaw-YYYY-MM-DD.log") : expandPath(file, dirname(path), home);
}
