/** `openclaw config reload`. */

import { defineCommand } from "../command/command.ts";
import { writeChanges } from "../config-target/change-options.ts";
import { openTarget } from "../config-target/open-target.ts";
import { plainLine } from "../terminal/plain-text.ts";

/** Makes the gateway read files and secrets again. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
Edits of the files are seen anyway, unless gateway.reload.mode is "off". Secrets that references lead to are only read again
when a file changes, at a restart, and by this command.`,
  examples: ["config reload"],
  async run({ terminal, ...rest }) {
    const target = await openTarget(rest);
    const report = await target.reload();
    if (terminal.json) return terminal.document(report);
    if (report.changes.length === 0) terminal.line("nothing differs from what is in force");
    writeChanges(terminal, report.changes, target);
    for (const warning of report.warnings) terminal.line(terminal.colors.yellow(`warning: ${plainLine(warning)}`));
  },
});
