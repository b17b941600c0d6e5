/** `openclaw runs show`. */

import { defineCommand } from "../command/command.ts";
import { runName } from "../link/names.ts";
import { writeRun } from "./run-view.ts";
import { runWord } from "./run-word.ts";

/** Shows one run. */
export const command = defineCommand({
  words: [runWord],
  options: {},
  async run({ words, terminal, link, nowMs }) {
    const { run = {} } = await link.calls.runs.getRun({ name: await runName(link.calls, words.run) });
    if (terminal.json) return terminal.document(run);
    writeRun(terminal, run, nowMs);
  },
});
