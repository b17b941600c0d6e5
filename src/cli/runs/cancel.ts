/** `openclaw runs cancel`. */

import { defineCommand } from "../command/command.ts";
import { runName } from "../link/names.ts";
import { stateWord } from "./run-view.ts";
import { runWord } from "./run-word.ts";

/** Stops a run; what it said by then is kept. */
export const command = defineCommand({
  words: [runWord],
  options: {
    reason: { kind: "text", value: "text", help: "kept with the run" },
    "drain-queue": { kind: "switch", help: "also cancel the runs that wait behind it" },
  },
  details: `
A run that is over already stays as it is.`,
  async run({ options, words, terminal, link }) {
    const name = await runName(link.calls, words.run);
    const { run = {} } = await link.calls.runs.cancelRun({
      name,
      reason: options.reason ?? "",
      drainQueue: options["drain-queue"],
    });
    if (terminal.json) return terminal.document(run);
    terminal.line(`${run.name} is ${stateWord(run)}`);
  },
});
