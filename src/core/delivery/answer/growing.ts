/** An answer that is being written. */

import type { Recorder } from "../../recorder.ts";
import type { ActiveRun } from "../../run/live/active-run.ts";
import { isActive } from "../../run/run-state.ts";
import { textOf } from "./said-before.ts";

/** The run that writes it. */
export type LiveRun = ActiveRun["live"];

/** What is being written, and which answer of the run it is. */
export function growing(live: LiveRun): { text: string; step: number } {
  return { text: textOf(live.uncommittedParts()), step: live.run.outputs.length };
}

/** True while the answer has not been committed, and the run goes on. */
export async function isAt({ tables }: Recorder, live: LiveRun, step: number): Promise<boolean> {
  const record = await tables.runs.find(live.run.name);
  return record !== undefined && isActive(record.run) && record.run.outputs.length === step;
}
