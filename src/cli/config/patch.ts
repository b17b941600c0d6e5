/** `openclaw config patch`. */

import { text } from "node:stream/consumers";
import { defineCommand } from "../command/command.ts";
import { changeOptions, forceOption, termsOf, writeChange } from "../config-target/change-options.ts";
import { openTarget } from "../config-target/open-target.ts";
import { readTypedObject } from "../config-target/typed-value.ts";

/** Merges an object into the document, all of it or nothing. */
export const command = defineCommand({
  words: [{ name: "patch", help: "an object in JSON5; standard input when left out", optional: true, rest: true }],
  options: { ...changeOptions, ...forceOption },
  details: `
A merge patch (RFC 7396): objects are merged, null removes, everything else replaces what is there.`,
  examples: ["config patch '{agents: {defaults: {maxSteps: 50, instructions: null}}}'", "config patch < change.json5"],
  async run({ options, words, terminal, ...rest }) {
    const given = words.patch ?? (await text(terminal.stdin));
    const patch = readTypedObject(given, "the patch");
    const target = await openTarget(rest);
    const terms = termsOf(options);
    const report = await target.change({ ...terms, edits: [], patch });
    writeChange(terminal, report, { did: "patched the configuration", target, dryRun: terms.dryRun });
  },
});
