/** Asking before something cannot be undone. */

import { UsageError } from "../command/usage-error.ts";
import { CommandFailure } from "../failure-view.ts";
import type { Terminal } from "./terminal.ts";

/** The option of every command that asks. */
export const yesOption = { kind: "switch", short: "y", help: "do not ask" } as const;

/** Returns when it may be done. Asks a person; where there is none to ask, `--yes` must have been given: a UsageError otherwise. */
export async function confirm(terminal: Terminal, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (!terminal.canAsk) throw new UsageError("there is nobody to ask for a yes", "add --yes to do it without asking");
  if (!(await terminal.confirm(question))) throw new CommandFailure("nothing was changed");
}
