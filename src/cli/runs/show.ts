/** `openclaw runs show`. */

import { create, toJson } from "@bufbuild/protobuf";
import { RunSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { defineCommand } from "../command/command.ts";
import { runName } from "../link/names.ts";
import { writeRun } from "./run-view.ts";
import { runWord } from "./run-word.ts";

/** Shows one run. */
export const command = defineCommand({
  words: [runWord],
  options: {},
  async run({ words, terminal, link, nowMs }) {
    const { runs } = await link.client();
    const { run = create(RunSchema) } = await runs.getRun({ name: await runName(runs, words.run) });
    if (terminal.json) return terminal.document(toJson(RunSchema, run));
    writeRun(terminal, run, nowMs);
  },
});
