/** The providers a person can choose from, for whoever sets a gateway up. */

import type { ModelSettings } from "./model-settings.ts";
import { keyVariablesOf, providerIds, resolveProvider } from "./resolve-endpoint.ts";

/** One provider. */
export interface ProviderChoice {
  readonly id: string;
  /** Environment variable its key is looked for in. */
  readonly keyVariable: string;
  /** It does not answer without a key. */
  readonly needsKey: boolean;
  /** It can be used as it is. */
  readonly usable: boolean;
  /** Models known by name, the recommended one first; it may answer to others. */
  readonly models: readonly string[];
}

/** Every provider that is built in or configured, ordered by id. */
export function providerChoices(settings: ModelSettings): ProviderChoice[] {
  return providerIds(settings).map((id) => {
    const { endpoint, keyless, models = [] } = resolveProvider(id, settings) ?? {};
    const isOpen = endpoint?.local === true && endpoint.apiKey === "";
    return {
      id,
      keyVariable: keyVariablesOf(id)[0],
      needsKey: !keyless && !isOpen,
      usable: endpoint !== undefined,
      models: models.map((model) => model.id),
    };
  });
}
