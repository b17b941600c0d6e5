/** Does the chosen model answer, with the key and the address that were given? Asked before anything is written. */

import type { LoadedConfig } from "../../config/load-config.ts";
import { withLocalState } from "../care/local-state.ts";
import type { Answers } from "./answers.ts";

/** How it went: `problem` is empty when it answered. */
export interface ModelTrial {
  readonly model: string;
  readonly problem: string;
  readonly latencyMs: number;
}

/** Makes one real call; undefined when the answers say nothing about a model. */
export async function tryModel(
  loaded: LoadedConfig,
  answers: Answers,
  signal: AbortSignal,
): Promise<ModelTrial | undefined> {
  const { model } = answers;
  if (model === undefined) return undefined;
  const candidate = withAnswers(loaded, answers);
  const probe = await withLocalState((state) => state.testModel(candidate, model, signal));
  return { model, ...probe };
}

/** The configuration as it would be. */
function withAnswers(loaded: LoadedConfig, { model = "", apiKey, baseUrl }: Answers): LoadedConfig {
  const id = model.split("/", 1)[0] ?? "";
  const { providers } = loaded.config.models;
  const given = { ...(apiKey === undefined ? {} : { apiKey }), ...(baseUrl === undefined ? {} : { baseUrl }) };
  if (Object.keys(given).length === 0) return loaded;
  const models = { providers: { ...providers, [id]: { ...providers[id], ...given } } };
  return { ...loaded, config: { ...loaded.config, models } };
}
