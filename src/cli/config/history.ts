/** `openclaw config history`. */

import { defineCommand } from "../command/command.ts";
import type { RevisionReport } from "../config-target/config-target.ts";
import { openTarget } from "../config-target/open-target.ts";
import { exactly } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writeTable } from "../terminal/table.ts";

/** Lists what the configuration was, newest first. */
export const command = defineCommand({
  words: [],
  options: {
    limit: { kind: "number", value: "n", help: "how many", min: 1, max: 100, fallback: 20 },
  },
  details: `
The last 100 revisions are kept in the state folder, edits by hand included.`,
  examples: ["config history", "config history --limit 5 --json"],
  async run({ options, terminal, nowMs, ...rest }) {
    const target = await openTarget(rest);
    const revisions = await target.history(options.limit, false);
    if (terminal.json) {
      return terminal.document({
        revisions: revisions.map(({ timeMs, diff, ...one }) => ({ ...one, time: new Date(timeMs).toISOString() })),
      });
    }
    if (revisions.length === 0)
      return terminal.note("nothing is remembered yet: the first change or start of a gateway begins it");
    const { cyan, dim } = terminal.colors;
    writeTable<RevisionReport>(
      terminal,
      [
        { title: "revision", cell: ({ number, current }) => `${number}${current ? " *" : ""}`, paint: cyan },
        { title: "age", cell: ({ timeMs }) => exactly(nowMs - timeMs) },
        { title: "by", cell: ({ author }) => plainLine(author) },
        { title: "note", cell: ({ note }) => plainLine(note), shrinks: true, paint: dim },
      ],
      revisions,
    );
  },
});
