/** `openclaw config rollback`. */

import { defineCommand } from "../command/command.ts";
import { changeOptions, termsOf, writeChange } from "../config-target/change-options.ts";
import { openTarget } from "../config-target/open-target.ts";
import { readRevision } from "../config-target/revision-word.ts";

/** Writes the configuration as it was, as a new revision. */
export const command = defineCommand({
  words: [{ name: "revision", help: "number of the revision" }],
  options: changeOptions,
  details: `
The text is checked as it is today, written and applied. That is a new revision, so that it can be rolled back, too.`,
  examples: ["config rollback 11", "config rollback 11 --dry-run"],
  async run({ options, words, terminal, ...rest }) {
    const revision = readRevision(words.revision);
    const target = await openTarget(rest);
    const terms = termsOf(options);
    const report = await target.rollBack(revision, terms);
    writeChange(terminal, report, { did: `rolled back to revision ${revision}`, target, dryRun: terms.dryRun });
  },
});
