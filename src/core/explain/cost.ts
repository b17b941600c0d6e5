/** What runs cost, by the prices of the configuration. */

import type { Usage } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ModelCatalog } from "../agent/model.ts";

/** Tokens of one or several runs. */
export type Tokens = Pick<Usage, "inputTokens" | "outputTokens" | "cachedTokens">;

const million = 1_000_000;

/** US dollars the tokens cost with this model; undefined when nobody said what it costs. */
export function dollarsOf(models: Pick<ModelCatalog, "list">, model: string, tokens: Tokens): number | undefined {
  const price = models.list().find(({ reference }) => reference === model)?.price;
  if (price === undefined) return undefined;
  const cached = Number(tokens.cachedTokens);
  const read = Math.max(0, Number(tokens.inputTokens) - cached);
  return (read * price.input + cached * price.cached + Number(tokens.outputTokens) * price.output) / million;
}

/** An amount as people read it: "$1.20", "$0.00012". */
export function dollarText(dollars: number): string {
  if (dollars >= 0.01 || dollars === 0) return `$${dollars.toFixed(2)}`;
  return dollars < 0.000_001 ? "less than $0.000001" : `$${dollars.toFixed(6).replace(/0+$/, "")}`;
}
