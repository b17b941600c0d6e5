/** `openclaw config confirm`. */

import { defineCommand } from "../command/command.ts";
import { openTarget } from "../config-target/open-target.ts";
import { readRevision } from "../config-target/revision-word.ts";

/** Keeps a change that would take itself back. */
export const command = defineCommand({
  words: [{ name: "revision", help: "number of the change; the one that waits when left out", optional: true }],
  options: {},
  examples: ["config confirm"],
  async run({ words, terminal, ...rest }) {
    const revision = words.revision === undefined ? undefined : readRevision(words.revision);
    const target = await openTarget(rest);
    await target.confirm(revision);
    if (terminal.json) return terminal.document({ confirmed: true, revision: revision ?? null });
    terminal.line("the change stays");
  },
});
