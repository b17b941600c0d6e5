/** `openclaw config unset`. */

import { defineCommand } from "../command/command.ts";
import { changeOptions, forceOption, termsOf, writeChange } from "../config-target/change-options.ts";
import { openTarget } from "../config-target/open-target.ts";

/** Removes one value: its default counts again. */
export const command = defineCommand({
  words: [{ name: "path", help: 'the key: gateway.port, models.providers["x"].models[0]' }],
  options: { ...changeOptions, ...forceOption },
  examples: ["config unset agents.defaults.thinkingDefault", "config unset models.providers.home --dry-run"],
  async run({ options, words, terminal, ...rest }) {
    const target = await openTarget(rest);
    const terms = termsOf(options);
    const report = await target.change({ ...terms, edits: [{ path: words.path, value: undefined }] });
    writeChange(terminal, report, { did: `unset ${words.path}`, target, dryRun: terms.dryRun });
  },
});
