/** `openclaw config set`. */

import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { changeOptions, forceOption, termsOf, writeChange } from "../config-target/change-options.ts";
import type { WantedEdit } from "../config-target/config-target.ts";
import { openTarget } from "../config-target/open-target.ts";
import { readTypedValue } from "../config-target/typed-value.ts";

/** Writes one value. */
export const command = defineCommand({
  words: [
    { name: "path", help: 'the key: gateway.port, models.providers["x"].models[0].id' },
    { name: "value", help: "JSON5, or text", rest: true },
  ],
  options: {
    "strict-json": { kind: "switch", help: "the value is JSON, and nothing else" },
    merge: { kind: "switch", help: "the value is an object: keep the keys it does not name" },
    replace: { kind: "switch", help: "the value replaces what is there (this is what happens anyway)" },
    ...changeOptions,
    ...forceOption,
  },
  details: `
The file keeps its comments, order and manner. A gateway that runs writes and applies it, and says what it did: most keys count
at once, channels and models change alone, and for the rest the gateway restarts in its process. When none runs, the file is
written, checked all the same. Exit code 78 when the result would be wrong; nothing is changed then.`,
  examples: [
    "config set agents.defaults.model.primary openai/gpt-5",
    "config set gateway.port 18790 --dry-run",
    "config set gateway.bind lan --confirm-within 60s",
    "config set models.providers.home '{baseUrl: \"http://10.0.0.2:8000/v1\"}' --merge",
  ],
  async run({ options, words, terminal, ...rest }) {
    const { merge, replace, "strict-json": strict } = options;
    if (merge && replace) throw new UsageError("--merge and --replace contradict each other", "leave one of them out");
    const value = readTypedValue(words.value, strict);
    const edits = merge ? mergeEdits(words.path, value) : [{ path: words.path, value }];
    const target = await openTarget(rest);
    const terms = termsOf(options);
    const report = await target.change({ ...terms, edits });
    writeChange(terminal, report, { did: `set ${words.path}`, target, dryRun: terms.dryRun });
  },
});

function mergeEdits(path: string, value: unknown): WantedEdit[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError("--merge needs an object", "leave it out to replace what is there");
  }
  return Object.entries(value).map(([key, member]) => ({ path: `${path}[${JSON.stringify(key)}]`, value: member }));
}
