/** Does with an open log what a configuration wants. */

import type { JsonLog } from "../lib/log/json-log.ts";
import type { LoadedConfig } from "./load-config.ts";
import { secretValues } from "./secrets/secret-values.ts";

/** From now on the log keeps and shows other lines, and knows the secrets of this configuration. The file stays where it is. */
export function adjustLog(log: JsonLog, loaded: LoadedConfig): void {
  const { level, consoleLevel = level } = loaded.config.logging;
  log.setLevels(level, consoleLevel);
  log.redactor.add(secretValues(loaded));
}
