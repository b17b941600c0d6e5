/** `openclaw config get`. */

import { meantPath, requirePath } from "../../config/document/config-view.ts";
import { valueAtPath } from "../../config/edit/key-path.ts";
import { defineCommand } from "../command/command.ts";
import { openTarget } from "../config-target/open-target.ts";
import { CommandFailure } from "../failure-view.ts";

/** Shows the document, or what stands at a path. */
export const command = defineCommand({
  words: [{ name: "path", help: 'the key: gateway.port, models.providers["x"].models[0].id', optional: true }],
  options: {
    defaults: { kind: "switch", help: "with every default filled in and variables replaced" },
  },
  details: `
Secrets are shown as __OPENCLAW_REDACTED__. Exit code 1 when nothing stands there.`,
  examples: ["config get", "config get agents.defaults.model.primary", "config get gateway --defaults"],
  async run({ options, words, terminal, ...rest }) {
    const path = requirePath(words.path ?? "");
    const target = await openTarget(rest);
    const { document, problems, etag, appliedEtag } = await target.state(options.defaults);
    if (document === undefined) throw new CommandFailure(problems.join("\n"), "openclaw config validate");
    const value = valueAtPath(document, path);
    if (terminal.json) {
      terminal.document({ path: words.path ?? "", value: value ?? null, set: value !== undefined, etag, appliedEtag });
      return value === undefined ? 1 : 0;
    }
    if (value === undefined) {
      throw await nothingAt(words.path ?? "", options.defaults);
    }
    terminal.line(typeof value === "object" ? JSON.stringify(value, undefined, 2) : String(value));
    if (path.length === 0 && Object.keys(Object(value)).length === 0) {
      terminal.note(
        terminal.errorColors.dim("nothing is set: every key has its default, see: openclaw config get --defaults"),
      );
    }
    for (const problem of problems) terminal.note(terminal.errorColors.red(`wrong: ${problem}`));
    return 0;
  },
});

async function nothingAt(path: string, defaults: boolean): Promise<CommandFailure> {
  const meant = await meantPath(requirePath(path));
  if (meant !== undefined) return new CommandFailure(`there is no key ${path}`, meant);
  if (defaults)
    return new CommandFailure(`${path} is not set, and has no default`, `see: openclaw config schema ${path}`);
  return new CommandFailure(`${path} is not set`, `its default: openclaw config get ${path} --defaults`);
}
