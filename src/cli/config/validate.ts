/** `openclaw config validate`. */

import { resolve } from "node:path";
import { configExitCode } from "../../config/config-error.ts";
import { displayPath, processSurroundings } from "../../config/environment.ts";
import { defineCommand } from "../command/command.ts";
import { checkFile } from "../config-target/check-file.ts";

/** Checks a file as a gateway does at its start. */
export const command = defineCommand({
  words: [{ name: "file", help: "another file than the gateway's own", optional: true }],
  options: {},
  details: `
Reads the file, those it includes, and the secrets it refers to, and changes nothing. Exit code 78 when something is wrong.`,
  examples: ["config validate", "config validate ./new.json5"],
  async run({ words, globals, terminal }) {
    const own = processSurroundings({ profile: globals.profile, dev: globals.dev });
    const { path, exists, problems, warnings } = await checkFile(own, words.file && resolve(words.file));
    const valid = problems.length === 0;
    if (terminal.json) {
      terminal.document({ path, exists, valid, problems, warnings });
      return valid ? 0 : configExitCode;
    }
    const { green, red, yellow, dim } = terminal.colors;
    const shown = displayPath(path, own.home);
    for (const problem of problems) terminal.line(red(`wrong: ${problem}`));
    for (const warning of warnings) terminal.line(yellow(`warning: ${warning}`));
    if (valid)
      terminal.line(exists ? `${shown} ${green("is valid")}` : `${shown} ${dim("is not there; defaults are valid")}`);
    return valid ? 0 : configExitCode;
  },
});
