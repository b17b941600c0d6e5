/** `openclaw config plan`. */

import { resolve } from "node:path";
import { configExitCode } from "../../config/config-error.ts";
import { processSurroundings } from "../../config/environment.ts";
import { planReload } from "../../config/reload/reload-plan.ts";
import { defineCommand } from "../command/command.ts";
import { writeChanges } from "../config-target/change-options.ts";
import { checkFile } from "../config-target/check-file.ts";
import { type ChangedKey, changedKey } from "../config-target/config-target.ts";
import { openTarget } from "../config-target/open-target.ts";
import { CommandFailure } from "../failure-view.ts";

/** Says what would have to happen for a configuration to come into force. */
export const command = defineCommand({
  words: [{ name: "file", help: "a file that could replace the gateway's own", optional: true }],
  options: {},
  details: `
Without a file: what is on the disk and not in force in the gateway that runs. With one: every key in which it differs from
what is on the disk, and what that takes. Changes nothing. Exit code 78 when the file is wrong.`,
  examples: ["config plan", "config plan ./new.json5"],
  async run({ words, terminal, ...rest }) {
    const plan = words.file === undefined ? await planOfDisk(rest) : await planOfFile(words.file, rest.globals);
    if (terminal.json) terminal.document(plan);
    else if (plan.problems.length > 0)
      for (const problem of plan.problems) terminal.line(terminal.colors.red(`wrong: ${problem}`));
    else if (plan.changes.length === 0) terminal.line("nothing differs");
    else writeChanges(terminal, plan.changes, { kind: words.file === undefined ? "gateway" : "file" });
    return plan.problems.length > 0 ? configExitCode : 0;
  },
});

interface Plan {
  readonly changes: readonly ChangedKey[];
  readonly problems: readonly string[];
}

async function planOfDisk(rest: Parameters<typeof openTarget>[0]): Promise<Plan> {
  const target = await openTarget(rest);
  if (target.kind === "file" && !target.watched) {
    throw new CommandFailure(
      "no gateway runs: at its start, everything counts",
      "compare with a file: openclaw config plan <file>",
    );
  }
  const { pending, problems } = await target.state(false);
  return { changes: pending, problems };
}

async function planOfFile(file: string, flags: { profile: string | undefined; dev: boolean }): Promise<Plan> {
  const own = processSurroundings({ profile: flags.profile, dev: flags.dev });
  const [before, after] = [await checkFile(own), await checkFile(own, resolve(file))];
  const problems = [...before.problems, ...after.problems];
  if (before.loaded === undefined || after.loaded === undefined) return { changes: [], problems };
  const { configJsonSchema } = await import("../../config/config-schema.ts");
  const changes = planReload(before.loaded.config, after.loaded.config, configJsonSchema());
  return { problems, changes: changes.map(changedKey) };
}
