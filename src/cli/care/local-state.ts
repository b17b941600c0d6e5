/**
 * The state folder while no gateway has it. Beside `gateway run`, this is the one place where a command does itself what
 * a gateway would do: nobody else is there to be asked.
 */

import { CommandFailure } from "../failure-view.ts";

/** What can be done then; see gateway/local-care.ts. */
type LocalState = typeof import("../../gateway/local-care.ts").localCare;

/** Does it. What goes wrong is told as a CommandFailure. */
export async function withLocalState<T>(work: (state: LocalState) => Promise<T>): Promise<T> {
  const { localCare } = await import("../../gateway/local-care.ts");
  try {
    return await work(localCare);
  } catch (error) {
    throw inWords(error);
  }
}

function inWords(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (["BackupError", "Failure", "StoreUnusableError"].includes(error.name)) return new CommandFailure(error.message);
  if (error.name === "StateLockedError") return new CommandFailure(error.message, "see: openclaw gateway status");
  return error;
}
