/** `openclaw sessions compact`. */

import { toJson } from "@bufbuild/protobuf";
import { RunSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { isRunOver, type RunStep } from "../../client/follow-run.ts";
import { defineCommand } from "../command/command.ts";
import { lastPart, sessionName } from "../link/names.ts";
import { watchToEnd } from "../runs/run-follower.ts";
import { reportOutcome } from "../runs/run-outcome.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Sums up the older part of a transcript, and prints the summary. */
export const command = defineCommand({
  words: [{ name: "session", help: "the session to sum up" }],
  options: {
    instructions: { kind: "text", value: "text", help: "what the summary is to pay attention to" },
    detach: { kind: "switch", help: "do not wait for it: print the name of its run" },
  },
  details: `
The agent reads the summary instead of all but the newest turns; people and searches find everything as before. It waits for
the runs before it. Ctrl+C leaves, the work goes on. With --json: one document with the run and the summary, when it is over.`,
  examples: ["sessions compact main", "sessions compact main --instructions 'keep every address'"],
  async run({ options, words, terminal, link }) {
    const name = sessionName(words.session);
    const client = await link.client();
    const { run } = await client.sessions.compactSession({ name, instructions: options.instructions });
    if (options.detach) return terminal.json ? terminal.document({ run }) : terminal.line(run);
    if (terminal.json) return documentAtEnd(terminal, client.followRun(run));
    await watchToEnd(terminal, client.followRun(run));
    const { run: ended } = await client.runs.getRun({ name: run });
    const nothing = ended?.outputs.length === 0;
    terminal.note(nothing ? "nothing is old enough to be summed up" : `${lastPart(name)} is summed up`);
  },
});

async function documentAtEnd(terminal: Terminal, steps: AsyncIterable<RunStep>): Promise<void> {
  let summary = "";
  for await (const step of steps) {
    if (step.kind === "message") {
      for (const { kind } of step.message.parts) if (kind.case === "text") summary += kind.value;
    }
    if (step.kind !== "run" || !isRunOver(step.run)) continue;
    terminal.document({ run: toJson(RunSchema, step.run), summary });
    reportOutcome(terminal, step.run);
  }
}
