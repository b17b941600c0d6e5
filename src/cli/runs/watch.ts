/** `openclaw runs watch`. */

import { defineCommand } from "../command/command.ts";
import { runName } from "../link/names.ts";
import { watchToEnd } from "./run-follower.ts";
import { runWord } from "./run-word.ts";

/** Follows a run from its beginning to its end. */
export const command = defineCommand({
  words: [runWord],
  options: {},
  details: `
Leaving with Ctrl+C does not stop the run. With --json, each line is one step: {"run":…}, {"append":…}, {"replace":…},
{"toolCall":…} or {"message":…}. Exit code 1 when the run failed or was cancelled.`,
  async run({ words, terminal, link }) {
    const client = await link.client();
    const name = await runName(client.runs, words.run);
    // One call first: a wrong name, address or credential is told at once.
    await client.runs.getRun({ name });
    await watchToEnd(terminal, client.followRun(name));
  },
});
