/** `openclaw runs cancel`. */

import { create, toJson } from "@bufbuild/protobuf";
import { RunSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { defineCommand } from "../command/command.ts";
import { runName } from "../link/names.ts";
import { stateWord } from "./run-view.ts";
import { runWord } from "./run-word.ts";

/** Stops a run; what it said by then is kept. */
export const command = defineCommand({
  words: [runWord],
  options: {
    reason: { kind: "text", value: "text", help: "kept with the run" },
    "drain-queue": { kind: "switch", help: "also cancel the runs that wait behind it" },
  },
  details: `
A run that is over already stays as it is.`,
  async run({ options, words, terminal, link }) {
    const { runs } = await link.client();
    const name = await runName(runs, words.run);
    const { run = create(RunSchema) } = await runs.cancelRun({
      name,
      reason: options.reason ?? "",
      drainQueue: options["drain-queue"],
    });
    if (terminal.json) return terminal.document(toJson(RunSchema, run));
    terminal.line(`${run.name} is ${stateWord(run)}`);
  },
});
