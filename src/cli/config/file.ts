/** `openclaw config file`. */

import { configPath, processSurroundings } from "../../config/environment.ts";
import { defineCommand } from "../command/command.ts";
import { FileTarget } from "../config-target/file-target.ts";

/** Prints the path of the file, whether it is there or not. */
export const command = defineCommand({
  words: [],
  options: {},
  examples: ["config file", "cat $(openclaw config file)"],
  async run({ globals, terminal }) {
    if (!terminal.json)
      return terminal.line(configPath(processSurroundings({ profile: globals.profile, dev: globals.dev })));
    const { document } = new FileTarget(globals);
    const { etag, tree, problem } = await document.readTexts();
    const [, ...includes] = tree?.files.map(({ path }) => path) ?? [];
    terminal.document({ path: document.path, exists: tree !== undefined || problem !== undefined, etag, includes });
  },
});
