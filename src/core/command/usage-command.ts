/** The command for what stands under answers, and for what was used. */

import type { ReadTables } from "../store.ts";
import { type Command, type CommandCall, type CommandEnd, changeChat } from "./command.ts";

/** Runs that are counted for the cost of a session. */
const mostRuns = 1_000;

const steps = ["off", "tokens", "full"] as const;

/** What stands under answers. */
export const usageCommand: Command = {
  name: "usage",
  aliases: [],
  usage: "[off | tokens | full | reset | cost]",
  summary: "what stands under my answers; alone: the next of them",
  run: async (call, { settings }) => {
    const configured = settings.messaging.responseUsage;
    const wanted = call.args.toLowerCase();
    if (wanted === "cost") return { reply: await costOf(call) };
    if (wanted === "reset") return change(call, undefined, `Usage under answers: as configured (${configured}).`);
    const now = call.session.chat?.usage ?? configured;
    const next = wanted === "" ? steps[(steps.indexOf(now as (typeof steps)[number]) + 1) % steps.length] : wanted;
    if (next === "off" || next === "tokens" || next === "full") {
      return change(call, next, `Usage under answers: ${next}.`);
    }
    return { reply: `Usage under answers: ${now}. Choose off, tokens, full, reset or cost.` };
  },
};

async function change(call: CommandCall, usage: string | undefined, reply: string): Promise<CommandEnd> {
  await changeChat(call, { usage });
  return { reply };
}

/** What this generation of the session has used, model by model. */
async function costOf({ recorder, session: { name, generation } }: CommandCall): Promise<string> {
  const sums = await usageByModel(recorder.tables, name, generation);
  if (sums.size === 0) return "Nothing was used since this session began.";
  const lines = [...sums].map(
    ([model, { runs, input, cached, output }]) =>
      `${model}: ${runs} ${runs === 1 ? "run" : "runs"}, ${input} tokens in (${cached} cached), ${output} out`,
  );
  return ["Since this session began:", ...lines].join("\n");
}

interface Sum {
  readonly runs: number;
  readonly input: bigint;
  readonly cached: bigint;
  readonly output: bigint;
}

async function usageByModel(
  { runs }: Pick<ReadTables, "runs">,
  session: string,
  generation: number,
): Promise<Map<string, Sum>> {
  const sums = new Map<string, Sum>();
  for (const { run } of await runs.list({ session, limit: mostRuns })) {
    if (run.usage === undefined || run.model === "" || run.generation !== generation) continue;
    const { inputTokens, cachedTokens, outputTokens } = run.usage;
    const sum = sums.get(run.model) ?? { runs: 0, input: 0n, cached: 0n, output: 0n };
    sums.set(run.model, {
      runs: sum.runs + 1,
      input: sum.input + inputTokens,
      cached: sum.cached + cachedTokens,
      output: sum.output + outputTokens,
    });
  }
  return sums;
}
