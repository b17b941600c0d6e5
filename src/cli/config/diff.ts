/** `openclaw config diff`. */

import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { FileTarget } from "../config-target/file-target.ts";
import { openTarget } from "../config-target/open-target.ts";
import { readRevision } from "../config-target/revision-word.ts";
import { CommandFailure } from "../failure-view.ts";
import { requireLocal } from "../service/local-gateway.ts";
import { plainText } from "../terminal/plain-text.ts";

/** Shows what a revision changed, or what lies between two. */
export const command = defineCommand({
  words: [
    { name: "revision", help: "the newest when left out", optional: true },
    { name: "other", help: "compare with this one, not with the one before", optional: true },
  ],
  options: {},
  details: `
As diff -u writes it. Secrets are not shown; where one changed, that is said.`,
  examples: ["config diff", "config diff 12", "config diff 7 12"],
  async run({ words, terminal, ...rest }) {
    const [first, second] = [words.revision, words.other].map((word) =>
      word === undefined ? undefined : readRevision(word),
    );
    const diff = second === undefined ? await ofRevision(first, rest) : await between(first ?? 0, second, rest.globals);
    if (terminal.json) return terminal.document({ revision: first ?? null, other: second ?? null, diff });
    if (diff === "") return terminal.note("nothing differs");
    const { red, green, cyan } = terminal.colors;
    const paints: Readonly<Record<string, (text: string) => string>> = { "-": red, "+": green, "@": cyan };
    for (const line of diff.trimEnd().split("\n")) terminal.line((paints[line[0] ?? ""] ?? String)(plainText(line)));
  },
});

async function ofRevision(number: number | undefined, rest: Parameters<typeof openTarget>[0]): Promise<string> {
  const target = await openTarget(rest);
  const revisions = await target.history(number === undefined ? 1 : 100, true);
  const found = number === undefined ? revisions[0] : revisions.find((one) => one.number === number);
  if (found !== undefined) return found.diff;
  if (number === undefined)
    throw new CommandFailure("nothing is remembered yet", "the first change or start of a gateway begins it");
  throw new CommandFailure(`revision ${number} is not kept`, "see: openclaw config history");
}

/** The history is in the state folder: any two revisions are read there. */
async function between(
  from: number,
  to: number,
  globals: { url: string | undefined; profile: string | undefined; dev: boolean },
): Promise<string> {
  requireLocal(globals.url, "config diff with two revisions");
  if (from === to) throw new UsageError("both revisions are the same", "name two different ones");
  return await new FileTarget(globals).diff(from, to);
}
