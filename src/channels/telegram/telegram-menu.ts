/** The menu of commands that Telegram shows beside the text box. */

import { listCommands } from "../../core/command/commands.ts";
import type { Log } from "../../lib/log.ts";
import type { RawApi } from "./telegram-api.ts";
import { refusalOf } from "./telegram-errors.ts";

/** Puts the gateway's commands there. It is an ornament: one that Telegram refuses is told in the log. */
export async function showCommands(raw: RawApi, log: Log, signal: AbortSignal): Promise<void> {
  const commands = listCommands()
    .filter(({ name, ownerOnly }) => /^[a-z0-9_]{1,32}$/.test(name) && !ownerOnly)
    .map(({ name, summary }) => ({ command: name, description: summary.slice(0, 256) }));
  try {
    await raw.setMyCommands({ commands }, signal);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined || refusal.code === 401) throw error;
    log.warn({ reason: refusal.description }, "the menu of commands cannot be set on Telegram");
  }
}
