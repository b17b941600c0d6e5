/** Before a gateway starts: a change that nobody confirmed in time, or that keeps it from starting, is taken back. */

import type { Clock } from "../../lib/clock.ts";
import { ConfigError } from "../config-error.ts";
import { ConfigDocument } from "../document/config-document.ts";
import { type Surroundings, stateDirectory } from "../environment.ts";
import type { LoadedConfig } from "../load-config.ts";
import { ConfirmationFile } from "./confirmation.ts";

/** What is taken back: a change whose time is over, or, when the gateway could not start with it, any that waits. */
export type RevertWhen = "expired" | "failed";

/** Takes it back. Returns what was done, in a sentence for the log; undefined when nothing was. */
export async function revertUnconfirmed(
  surroundings: Surroundings,
  clock: Clock,
  when: RevertWhen,
): Promise<string | undefined> {
  const file = new ConfirmationFile(stateDirectory(surroundings));
  const waiting = await file.read();
  if (waiting === undefined || (when === "expired" && clock.nowMs() < waiting.expireTimeMs)) return undefined;
  const document = new ConfigDocument({ surroundings, clock });
  const { etag } = await document.readTexts();
  if (etag !== waiting.etag) {
    await file.remove();
    return undefined;
  }
  const why = when === "failed" ? "kept the gateway from starting" : "was not confirmed in time";
  const note = `revision ${waiting.revision} ${why}`;
  await document.rollBack(waiting.revertTo, { author: "gateway", note });
  await file.remove();
  return `${note}; the configuration is that of revision ${waiting.revertTo} again`;
}

/**
 * Loads the configuration of a gateway that is about to start. Returns it with what had to be taken back for that; a change that
 * cannot be taken back any more stays, for no gateway at all helps nobody.
 */
export async function loadConfirmed(
  load: () => Promise<LoadedConfig>,
  surroundings: Surroundings,
  clock: Clock,
): Promise<LoadedConfig> {
  const reverted = await revertUnconfirmed(surroundings, clock, "expired").catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    return `a change that was not confirmed in time cannot be taken back, and stays: ${error.message}`;
  });
  if (reverted !== undefined) return withWarning(await load(), reverted);
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // What keeps it from starting is told, not that nothing can be done about it.
    const saved = await revertUnconfirmed(surroundings, clock, "failed").catch(() => undefined);
    if (saved === undefined) throw error;
    return withWarning(await load(), saved);
  }
}

function withWarning(loaded: LoadedConfig, warning: string): LoadedConfig {
  return { ...loaded, warnings: [...loaded.warnings, warning] };
}
