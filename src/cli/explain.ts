/** `openclaw explain`. */

import { toJson } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type ExplainResponse,
  ExplainResponseSchema,
  type ExplainStep,
} from "../../gen/openclaw/gateway/v1/explain_service_pb.ts";
import { defineCommand } from "./command/command.ts";
import { plainLine } from "./terminal/plain-text.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Tells the whole path of a message: who brought it, who decided what, what was said, what left and arrived. */
export const command = defineCommand({
  words: [{ name: "name", help: "a message, run, delivery or ingress; for the last three, its id will do" }],
  options: {},
  details: `
Times are counted from the first step. With --json: the whole explanation, resources included.`,
  examples: [
    "explain sessions/main/runs/01KABCDEFGHJKMNPQRSTVWXYZ0",
    "explain 01KABCDEFGHJKMNPQRSTVWXYZ0",
    "explain channels/telegram/deliveries/01KABCDEFGHJKMNPQRSTVWXYZ0",
  ],
  async run({ words, terminal, link }) {
    const client = await link.client();
    const explanation = await client.explain.explain({ name: words.name });
    if (terminal.json) terminal.document(toJson(ExplainResponseSchema, explanation));
    else writeExplanation(terminal, explanation);
    return 0;
  },
});

function writeExplanation(terminal: Terminal, { steps, conclusion }: ExplainResponse): void {
  const { bold, dim } = terminal.colors;
  const first = steps.find((step) => step.time !== undefined)?.time;
  const startMs = first === undefined ? 0 : timestampMs(first);
  if (first !== undefined) terminal.line(dim(new Date(startMs).toISOString()));
  const kindWidth = Math.max(...steps.map((step) => step.kind.length), 0);
  const times = steps.map((step) => sinceStart(step, startMs));
  const timeWidth = Math.max(...times.map((time) => time.length), 0);
  for (const [index, step] of steps.entries()) {
    const time = (times[index] ?? "").padStart(timeWidth);
    terminal.line(`${dim(time)}  ${bold(step.kind.padEnd(kindWidth))}  ${plainLine(step.text)}`);
  }
  terminal.line("", plainLine(conclusion));
}

/** "+12 ms", "+3.4 s", "+2 min": how long after the first step. */
function sinceStart({ time }: ExplainStep, startMs: number): string {
  if (time === undefined) return "";
  const ms = timestampMs(time) - startMs;
  if (ms < 1_000) return `+${ms} ms`;
  return ms < 120_000 ? `+${(ms / 1_000).toFixed(1)} s` : `+${Math.round(ms / 60_000)} min`;
}
