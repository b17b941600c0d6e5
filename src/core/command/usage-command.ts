/** The command for what stands under answers, and for what was used. */

import type { ModelCatalog } from "../agent/model.ts";
import { dollarsOf, dollarText, type Tokens } from "../explain/cost.ts";
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
  run: async (call, { models, settings }) => {
    const configured = settings.messaging.responseUsage;
    const wanted = call.args.toLowerCase();
    if (wanted === "cost") return { reply: await costOf(call, models) };
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
async function costOf({ recorder, session }: CommandCall, models: ModelCatalog): Promise<string> {
  const { name, generation } = session;
  const sums = await usageByModel(recorder.tables, name, generation);
  if (sums.size === 0) return "Nothing was used since this session began.";
  const lines = [...sums].map(([model, { runs, inputTokens, cachedTokens, outputTokens }]) => {
    const dollars = dollarsOf(models, model, { inputTokens, cachedTokens, outputTokens });
    const tokens = `${inputTokens} tokens in (${cachedTokens} cached), ${outputTokens} out`;
    const cost = dollars === undefined ? "" : `, about ${dollarText(dollars)}`;
    return `${model}: ${runs} ${runs === 1 ? "run" : "runs"}, ${tokens}${cost}`;
  });
  return ["Since this session began:", ...lines].join("\n");
}

interface Sum extends Tokens {
  readonly runs: number;
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
    const sum = sums.get(run.model) ?? { runs: 0, inputTokens: 0n, cachedTokens: 0n, outputTokens: 0n };
    sums.set(run.model, {
      runs: sum.runs + 1,
      inputTokens: sum.inputTokens + inputTokens,
      cachedTokens: sum.cachedTokens + cachedTokens,
      outputTokens: sum.outputTokens + outputTokens,
    });
  }
  return sums;
}
