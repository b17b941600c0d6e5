/** `openclaw config schema`. */

import { meantPath, requirePath, schemaAt } from "../../config/document/config-view.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";

/** Prints the JSON Schema of the file, for editors and forms. */
export const command = defineCommand({
  words: [{ name: "path", help: "only what is below this key", optional: true }],
  options: {},
  details: `
JSON Schema, draft 2020-12. "reload" says what a change takes and counts for everything below: "live" (it is read on use),
"part:<name>" (that part alone), "gateway" (a restart in its process; what counts when nothing is said). "sensitive" marks
secrets.`,
  examples: ["config schema > openclaw.schema.json", "config schema gateway.port"],
  async run({ words, terminal }) {
    const found = await schemaAt(requirePath(words.path ?? ""));
    if (found === undefined)
      throw new CommandFailure(`there is no key ${words.path}`, await meantPath(requirePath(words.path ?? "")));
    const { schema, effect } = found;
    if (terminal.json) return terminal.document({ path: words.path ?? "", schema, effect });
    terminal.line(JSON.stringify(schema, undefined, 2));
  },
});
